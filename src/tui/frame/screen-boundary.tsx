import {Component, type ReactNode} from 'react';
import {Rows} from '../kit/draw-rows.tsx';
import {blank, fit, ofHeight, span, type Row} from '../kit/rows.ts';

type Props = {
	readonly children: ReactNode;
	readonly width: number;
	readonly onFault: (error: unknown) => void;
	/** Rows a part of the frame keeps when it fails; a screen tells its fault in its place instead. */
	readonly blankRows?: number;
};

/** A fault in a screen is shown in its place; one in the frame leaves blank rows. The run and the keys go on. */
export class ScreenBoundary extends Component<Props, {readonly message: string | undefined}> {
	override state = {message: undefined};

	static getDerivedStateFromError(error: unknown): {message: string} {
		return {message: error instanceof Error ? error.message : String(error)};
	}

	override componentDidCatch(error: unknown): void {
		this.props.onFault(error);
	}

	override render(): ReactNode {
		const {message} = this.state;
		if (message === undefined) return this.props.children;
		const {width, blankRows} = this.props;
		if (blankRows !== undefined) return <Rows rows={ofHeight([], blankRows)} />;
		const rows: readonly Row[] = [
			blank,
			[span(` This screen has a fault: ${String(message)}`, 'danger', {bold: true})],
			[span(' A run under way goes on. The log of the cockpit has the details.')],
			[span(' 1 to 7 other screens, q quit', 'muted')],
		];
		return <Rows rows={rows.map(row => fit(row, width, ''))} />;
	}
}
