import {Box} from 'ink';
import {useShallow} from 'zustand/react/shallow';
import {selectIsLinkLost} from '../../../store/run.ts';
import {Rows} from '../../components/rows.tsx';
import {ofHeight} from '../../rows.ts';
import {ThemeContext, useTheme} from '../../theme.tsx';
import {useCockpit} from '../../use-cockpit.ts';
import {framed, isWide} from './layout.ts';
import {LinkLost} from './link-lost.tsx';
import {OutputPanel} from './output-panel.tsx';
import {runColumn, runHead, runStack} from './run-rows.ts';
import {selectRunView} from './run-view.ts';
import type {StageProps} from './stage-props.ts';

/** A run under way. A lost connection stands over it; what is behind turns dim. */
export function Run({width, height}: StageProps) {
	const theme = useTheme();
	const isLost = useCockpit(state => selectIsLinkLost(state) && state.dialog === undefined);
	if (!isLost) return <Panels width={width} height={height} />;
	return (
		<>
			<ThemeContext.Provider value={{...theme, isBehind: true}}>
				<Panels width={width} height={height} />
			</ThemeContext.Provider>
			<LinkLost width={width} height={height} />
		</>
	);
}

/** The run's panels, or its output over the whole screen. */
function Panels({width, height}: StageProps) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const isFull = useCockpit(state => state.outputView.isWide);
	const inner = width - 2;
	const head = runHead(view, inner, height, theme);
	const room = Math.max(0, height - head.length);
	const isBeside = isWide(width);
	const left = isBeside ? Math.floor(inner * 0.52) : inner;
	const above = isFull ? [] : isBeside ? runColumn(view, left, room, theme) : runStack(view, inner, room, theme);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(head, width, head.length, theme)} />
			{isBeside && !isFull ? (
				<Box height={room} width={width} flexShrink={0} overflow="hidden">
					<Box width={left + 1} flexShrink={0} flexDirection="column">
						<Rows rows={framed(ofHeight(above, room), left + 2, room, theme)} />
					</Box>
					<Box width={3} flexShrink={0} />
					<OutputPanel width={inner - left - 3} height={room} />
				</Box>
			) : (
				<>
					<Rows rows={framed(above, width, above.length, theme)} />
					<Box paddingLeft={1} width={width} flexShrink={0}>
						<OutputPanel width={inner} height={room - above.length} />
					</Box>
				</>
			)}
		</Box>
	);
}
