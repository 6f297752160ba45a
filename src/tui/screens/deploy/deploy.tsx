import {Box} from 'ink';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {Choose} from './choose/choose.tsx';
import {Confirm} from './confirm/confirm.tsx';
import {Ended} from './ended/ended.tsx';
import {Review} from './review/review.tsx';
import {RunScreen} from './run/run.tsx';
import type {ScreenProps} from '../../kit/layout.ts';

/** The way of a deploy; each stage is a screen of its own. */
export function Deploy(props: ScreenProps) {
	const stage = useCockpit(state => state.stage);
	const stages = {
		choose: <Choose {...props} />,
		review: <Review {...props} />,
		confirm: <Confirm {...props} />,
		run: <RunScreen {...props} />,
		done: <Ended {...props} isGood />,
		failed: <Ended {...props} isGood={false} />,
	};
	return (
		<Box flexDirection="column" width={props.width} height={props.height} overflow="hidden">
			{stages[stage]}
		</Box>
	);
}
