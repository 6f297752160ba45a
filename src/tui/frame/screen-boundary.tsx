import {Component, type ReactNode} from 'react';
import {Rows} from '../components/rows.tsx';
import {blank, cutText, span} from '../rows.ts';

type Props = {readonly children: ReactNode; readonly width: number; readonly onFault: (error: unknown) => void};

/** A fault in a screen is shown in its place. The run, the keys and the other screens go on. */
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
		const {width} = this.props;
		return (
			<Rows
				rows={[
					blank,
					[span(cutText(` This screen has a fault: ${String(message)}`, width), 'danger', {bold: true})],
					[span(cutText(' A run under way goes on. The log of the cockpit has the details.', width))],
					[span(cutText(' 1 to 7 other screens, q quit', width), 'muted')],
				]}
			/>
		);
	}
}
