import {Box} from 'ink';
import type {ScreenProps} from '../../kit/layout.ts';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {Activity} from './activity.tsx';
import {Environments} from './environments.tsx';
import {cardHeight} from './environment-cards.ts';
import {useTheme} from '../../kit/theme.tsx';
import {layoutOf} from './layout.ts';
import {Next} from './next.tsx';
import {PromotionBoard, promotionHeight} from './promotion.tsx';

/** What runs where, may it go further, what happened, what next. `width` holds the screen's margins. */
export function Overview({width, height}: ScreenProps) {
	const environments = useCockpit(state => state.environments.length);
	const {glyphs} = useTheme();
	const cards = useCockpit(state => cardHeight(state, glyphs));
	const promotion = useCockpit(promotionHeight);
	const isNextInPlace = useCockpit(({panel}) => panel === 'next');
	const {isWide, inner, gap, hasBoards, bottom} = layoutOf({width, height, environments, cards, promotion});
	const showsActivity = isWide || !isNextInPlace;
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Box flexDirection="column" flexShrink={0} marginTop={gap}>
				<Environments width={inner} isWide={isWide} />
			</Box>
			{hasBoards && (
				<Box flexDirection="column" flexShrink={0} marginTop={gap}>
					<PromotionBoard width={inner} isWide={isWide} />
				</Box>
			)}
			<Box flexDirection="row" flexShrink={0} marginTop={gap} marginLeft={1} height={bottom.height} columnGap={2}>
				{showsActivity && <Activity width={bottom.activity} height={bottom.height} />}
				{(isWide || isNextInPlace) && <Next width={isWide ? bottom.next : inner} height={bottom.height} />}
			</Box>
		</Box>
	);
}
