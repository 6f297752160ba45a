import {Box} from 'ink';
import {useShallow} from 'zustand/react/shallow';
import type {Prompt} from '../../../../domain/runs/prompt.ts';
import {selectIsLinkLost} from '../../../../store/runs/run.ts';
import {selectPrompt} from '../../../../store/runs/run-prompt.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {ThemeContext, useTheme} from '../../../kit/theme.tsx';
import {useCockpit} from '../../../kit/use-cockpit.ts';
import {goBackRows, goingBackRows} from './going-back-rows.ts';
import {framed, isWide, type ScreenProps} from '../../../kit/layout.ts';
import {LinkLost} from './link-lost.tsx';
import {AboveOutput, OutputPanel} from './output-panel.tsx';
import {PromptDialog} from './prompt-dialog.tsx';
import {runBar, runColumn, runHead, runStack} from './run-rows.ts';
import {selectRunView} from './run-view.ts';

/** A run under way. A lost connection stands over it; what is behind turns dim. */
export function RunScreen({width, height}: ScreenProps) {
	const theme = useTheme();
	const prompt = useCockpit(selectPrompt);
	const isGoingBack = useCockpit(state => state.run?.goingBack !== undefined);
	const isDialogOpen = useCockpit(state => state.dialog !== undefined);
	const isLost = useCockpit(selectIsLinkLost);
	const over = isDialogOpen
		? undefined
		: prompt?.kind === 'migrations'
			? 'prompt'
			: isLost && !prompt
				? 'link'
				: undefined;
	const panels =
		prompt?.kind === 'go-back' ? (
			<Decision width={width} height={height} prompt={prompt} />
		) : isGoingBack ? (
			<GoingBack width={width} height={height} />
		) : (
			<Panels width={width} height={height} />
		);
	if (!over) return panels;
	return (
		<>
			<ThemeContext.Provider value={{...theme, isBehind: true}}>{panels}</ThemeContext.Provider>
			{prompt && over === 'prompt' ? (
				<PromptDialog width={width} height={height} prompt={prompt} />
			) : (
				<LinkLost width={width} height={height} />
			)}
		</>
	);
}

/** The run failed after its swap: what is live, for how long users have had errors, one key back. */
function Decision({width, height, prompt}: ScreenProps & {readonly prompt: Prompt}) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const isFull = useCockpit(state => state.outputView.isWide);
	const inner = width - 2;
	const rows = isFull ? [runBar(view, inner, theme)] : goBackRows(view, prompt, inner, height, theme);
	return <AboveOutput width={width} height={height} rows={rows} hasOutput={isFull} />;
}

function GoingBack({width, height}: ScreenProps) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const isFull = useCockpit(state => state.outputView.isWide);
	const inner = width - 2;
	const rows = isFull ? [runBar(view, inner, theme)] : goingBackRows(view, inner, height, theme);
	return <AboveOutput width={width} height={height} rows={rows} />;
}

/** The run's panels, or its output over the whole screen. */
function Panels({width, height}: ScreenProps) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const isFull = useCockpit(state => state.outputView.isWide);
	const inner = width - 2;
	const head = runHead(view, inner, height, theme);
	const room = Math.max(0, height - head.length);
	if (isFull || !isWide(width)) {
		const above = isFull ? [] : runStack(view, inner, room, theme);
		return <AboveOutput width={width} height={height} rows={[...head, ...above]} />;
	}
	const left = Math.floor(inner * 0.52);
	return (
		<>
			<Rows rows={framed(head, width, head.length, theme)} />
			<Box height={room} width={width} flexShrink={0} overflow="hidden">
				<Box width={left + 1} flexShrink={0} flexDirection="column">
					<Rows rows={framed(runColumn(view, left, room, theme), left + 2, room, theme)} />
				</Box>
				<Box width={3} flexShrink={0} />
				<OutputPanel width={inner - left - 3} height={room} />
			</Box>
		</>
	);
}
