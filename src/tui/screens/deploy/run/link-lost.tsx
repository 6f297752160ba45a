import {useShallow} from 'zustand/react/shallow';
import {DialogFrame} from '../../../dialogs/dialog-frame.tsx';
import {span} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit} from '../../../kit/use-cockpit.ts';
import {linkLostRows} from './link-lost-rows.ts';
import type {ScreenProps} from '../../../kit/layout.ts';

/** Stands over the run while its connection is lost. It takes no keys of its own: the run's keys know the state. */
export function LinkLost({width, height}: ScreenProps) {
	const theme = useTheme();
	const view = useCockpit(
		useShallow(state => ({
			facts: state.runFacts,
			plan: state.runPlan,
			health: state.liveHealth,
			link: state.links[state.runPlan?.environment ?? ''],
			now: state.now,
		})),
	);
	const run = useCockpit(state => state.run);
	if (!run) return null;
	const attempt = view.link?.attempt;
	return (
		<DialogFrame
			size={{columns: width, rows: height}}
			title={`Connection to ${view.plan?.environment ?? run.host} lost`}
			tone={view.plan?.tier === 'production' ? 'danger' : 'attention'}
			fact={attempt === undefined ? [] : [span(`${theme.glyphs.running[0]} attempt ${attempt}`, 'attention')]}
			content={linkLostRows({...view, run}, theme)}
		/>
	);
}
