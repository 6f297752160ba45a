import {Box} from 'ink';
import {useLayoutEffect} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {Rows} from '../../../kit/draw-rows.tsx';
import {TextField} from '../../../kit/text-field.tsx';
import {inkFocus} from '../../../keys/scopes.ts';
import {ofHeight, pad, span} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {outputRows} from './output-rows.ts';
import type {StageProps} from '../stage-props.ts';

/** The last output of the run. Only the visible lines are read from the ring, when it says that it has grown. */
export function OutputPanel({width, height}: StageProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const {view, output, timeZone, aheadMs, isSearching} = useCockpit(
		useShallow(state => ({
			view: state.outputView,
			output: state.output,
			timeZone: state.runPlan?.timeZone ?? 'UTC',
			aheadMs: state.runPlan?.clockAheadMs ?? 0,
			isSearching: state.isSearching,
		})),
	);
	useCockpit(state => state.outputVersion);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	const hasField = isSearching || view.search !== '';
	const listHeight = height - (hasField ? 1 : 0);
	const room = Math.max(1, listHeight - 1);
	const hint = width >= 50 ? '  Enter find, Esc leave' : '';
	useLayoutEffect(() => {
		const {outputView, setOutputView} = store.getState();
		if (outputView.rows !== room) setOutputView({...outputView, rows: room});
	}, [store, room]);
	if (height <= 0) return null;
	const rows = outputRows(view, output, {timeZone, aheadMs}, width, listHeight, theme);
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
			<Rows rows={ofHeight(rows, listHeight)} />
			{hasField && (
				<Box width={width} height={1} flexShrink={0} overflow="hidden">
					<Rows rows={[[span(' / ', 'accent')]]} />
					{isSearching ? (
						<>
							<Box width={Math.max(1, width - 3 - hint.length)} height={1} overflow="hidden">
								<TextField
									value={view.search}
									focus={isFocused}
									onChange={search =>
										store
											.getState()
											.setOutputView({...store.getState().outputView, search, hit: undefined})
									}
								/>
							</Box>
							<Rows rows={[[span(hint, 'muted')]]} />
						</>
					) : (
						<Rows
							rows={[
								pad(
									[
										span(view.search),
										span(view.hit === undefined ? '  not found' : '  n next, N previous', 'muted'),
									],
									Math.max(1, width - 3),
								),
							]}
						/>
					)}
				</Box>
			)}
		</Box>
	);
}
