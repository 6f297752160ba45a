import {Box, useApp, useWindowSize} from 'ink';
import {useEffect, useLayoutEffect, useMemo, useRef, type ComponentType, type ReactNode} from 'react';
import type {CockpitStore} from '../store/create-store.ts';
import type {ScreenName} from '../store/navigation.ts';
import {AskRun} from './dialogs/ask-run.tsx';
import {Help} from './dialogs/help.tsx';
import {Palette} from './dialogs/palette.tsx';
import {RollbackDialog} from './dialogs/rollback-review.tsx';
import {ValueChangeDialog} from './dialogs/value-change.tsx';
import {ValuesSwitchDialog} from './dialogs/values-switch.tsx';
import {Footer} from './frame/footer.tsx';
import {Header} from './frame/header.tsx';
import {NoticeLine} from './frame/notice.tsx';
import {ScreenBoundary} from './frame/screen-boundary.tsx';
import {least, TooSmall} from './frame/too-small.tsx';
import type {Binding} from './keys/binding.ts';
import {ThemeContext, type Theme} from './kit/theme.tsx';
import {StoreContext, useCockpit} from './kit/use-cockpit.ts';
import type {ScreenProps} from './kit/layout.ts';

export type Screens = Readonly<Record<ScreenName, ComponentType<ScreenProps>>>;

/** What Ink lends to the keys once it is up. */
export type InkHandle = {readonly exit: () => void; readonly suspend: (until: () => Promise<void>) => Promise<void>};

export type FrameProps = {
	readonly bindings: readonly Binding[];
	readonly screens: Screens;
	readonly theme: Omit<Theme, 'isBehind'>;
	readonly onFault: (error: unknown) => void;
};

export type AppProps = FrameProps & {
	readonly store: CockpitStore;
	readonly onReady: (ink: InkHandle) => void;
	/** Called when a tree of another size than the one before has been laid out. */
	readonly onResized?: () => void;
};

/** The root, of whatever size the terminal is. */
export function App({store, ...props}: AppProps) {
	return (
		<StoreContext.Provider value={store}>
			<Sized {...props} />
		</StoreContext.Provider>
	);
}

function Sized({onReady, onResized, ...props}: Omit<AppProps, 'store'>) {
	const {columns, rows} = useWindowSize();
	const {exit, suspendTerminal} = useApp();
	useEffect(() => {
		onReady({exit: () => exit(), suspend: until => suspendTerminal(until)});
	}, [exit, suspendTerminal, onReady]);

	const drawn = useRef({columns, rows});
	useLayoutEffect(() => {
		if (drawn.current.columns === columns && drawn.current.rows === rows) return;
		drawn.current = {columns, rows};
		onResized?.();
	}, [columns, rows, onResized]);
	return <Frame {...props} columns={columns} rows={rows} />;
}

/** A box of exactly the terminal's size, so that no frame is ever taller than the screen. */
export function Frame({
	columns,
	rows,
	bindings,
	screens,
	theme,
	onFault,
}: FrameProps & {readonly columns: number; readonly rows: number}) {
	const screen = useCockpit(state => state.screen);
	const dialog = useCockpit(state => state.dialog?.kind);
	const hasRollback = useCockpit(state => state.rollback !== undefined);
	const hasChange = useCockpit(state => state.valueChange !== undefined);
	const hasSwitch = useCockpit(state => state.valuesSwitch !== undefined);
	const Screen = screens[screen];
	const height = Math.max(0, rows - 3);
	const size = {columns, rows};
	const part = (blankRows: number, children: ReactNode): ReactNode => (
		<ScreenBoundary width={columns} onFault={onFault} blankRows={blankRows}>
			{children}
		</ScreenBoundary>
	);
	const isTooSmall = columns < least.columns || rows < least.rows;
	const isBehind = dialog !== undefined || hasRollback || hasChange || hasSwitch;
	// One object for each state, so that rows compare equal while nothing changes.
	const drawnIn = useMemo(() => ({...theme, isBehind}), [theme, isBehind]);
	const dialogs = {
		help: <Help size={size} bindings={bindings} />,
		palette: <Palette size={size} bindings={bindings} />,
		quit: <AskRun size={size} />,
		cancel: <AskRun size={size} />,
	};
	const asks =
		(hasRollback && <RollbackDialog size={size} />) ||
		(hasChange && <ValueChangeDialog size={size} />) ||
		(hasSwitch && <ValuesSwitchDialog size={size} />);
	const over = dialog ? dialogs[dialog] : asks;
	return (
		<ThemeContext.Provider value={drawnIn}>
			<Box width={columns} height={rows} flexDirection="column" overflow="hidden">
				{isTooSmall ? (
					<TooSmall columns={columns} rows={rows} />
				) : (
					<>
						{part(1, <Header width={columns} />)}
						<Box width={columns} height={height} flexDirection="column" overflow="hidden" flexShrink={0}>
							<ScreenBoundary key={screen} width={columns} onFault={onFault}>
								<Screen width={columns} height={height} />
							</ScreenBoundary>
						</Box>
						{part(1, <NoticeLine width={columns} />)}
						{part(1, <Footer width={columns} bindings={bindings} />)}
						{over && part(0, over)}
					</>
				)}
			</Box>
		</ThemeContext.Provider>
	);
}
