import type {Prompt} from '../../../../domain/runs/prompt.ts';
import {promptViewOf} from '../../../../store/runs/run-prompt.ts';
import {DialogFrame, dialogBox} from '../../../dialogs/dialog-frame.tsx';
import {span, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit} from '../../../kit/use-cockpit.ts';
import {promptPage} from './prompt-rows.ts';
import type {ScreenProps} from '../../../kit/layout.ts';

const wanted = 96;

/** A question of the run, over its screen. */
export function PromptDialog({width, height, prompt}: ScreenProps & {readonly prompt: Prompt}) {
	const theme = useTheme();
	const view = useCockpit(state => state.promptView);
	const plan = useCockpit(state => state.runPlan);
	const size = {columns: width, rows: height};
	const box = dialogBox(size, height, wanted);
	const {rows, page, of} = promptPage(prompt, promptViewOf(prompt, view), box.width - 6, box.height - 4, theme);
	const isProduction = plan?.tier === 'production';
	const fact: Row = [
		...(of > 1 ? [span(`page ${page} of ${of}`, 'muted')] : []),
		...(isProduction ? [span(' '), span(' PRODUCTION ', 'danger', {banner: true})] : []),
	];
	return (
		<DialogFrame
			size={size}
			title={prompt.title}
			tone={isProduction ? 'danger' : 'attention'}
			fact={fact}
			content={rows}
			wanted={wanted}
		/>
	);
}
