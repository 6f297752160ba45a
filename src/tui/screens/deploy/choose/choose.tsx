import {Box} from 'ink';
import SelectInput from 'ink-select-input';
import {createContext, useContext} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {deployWords} from '../../../../domain/runs/confirm.ts';
import {selectBoard} from '../../../../store/overview/evidence.ts';
import {entryIds, selectHighlighted, selectOption} from '../../../../store/deploy/wizard.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {inkFocus} from '../../../keys/scopes.ts';
import {blank, span, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {leftDetail, leftRow, optionDetail, optionRow} from './choose-rows.ts';
import {framed, panelHead, withCut, type ScreenProps} from '../../../kit/layout.ts';
import {stepper} from '../stepper.ts';

const MenuWidth = createContext(60);

/** Which app goes where. The menu is Ink's own; what Enter does is the controller's. */
export function Choose({width, height}: ScreenProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const ids = useCockpit(useShallow(entryIds));
	const highlighted = useCockpit(selectHighlighted);
	const tier = useCockpit(state => selectOption(state)?.tier);
	const isFocused = useCockpit(state => inkFocus(state) === 'choice');
	const inner = width - 2;
	const limit = Math.max(1, Math.min(ids.length, height - 8));
	const head = [
		stepper(
			{stage: 'choose', intent: 'deploy', words: tier ? deployWords({tier}) : [], wordIndex: 0},
			inner,
			theme,
		),
		blank,
		panelHead('Deploy', inner, theme, 'what goes where'),
	];
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(head, width, head.length, theme)} />
			<Box paddingLeft={1} height={limit} flexShrink={0} overflow="hidden">
				<MenuWidth.Provider value={inner - 2}>
					<SelectInput
						key={ids.join(' ')}
						items={ids.map(id => ({label: id, value: id}))}
						limit={limit}
						isFocused={isFocused}
						initialIndex={Math.max(0, ids.indexOf(highlighted ?? ''))}
						onHighlight={item => store.getState().highlight(item.value)}
						onSelect={item => store.getState().pick(item.value)}
						indicatorComponent={Indicator}
						itemComponent={Item}
					/>
				</MenuWidth.Provider>
			</Box>
			<Detail width={width} height={height - head.length - limit} />
		</Box>
	);
}

function Indicator({isSelected = false}: {readonly isSelected?: boolean}) {
	const {glyphs} = useTheme();
	return <Rows rows={[[span(isSelected ? `${glyphs.cursor} ` : '  ', 'accent')]]} />;
}

/** What an entry of the menu is about: an option and its environment, or the run that was left. */
const useEntry = (id: string | undefined) => {
	const option = useCockpit(state => state.options.find(one => one.id === id));
	const view = useCockpit(state => state.environments.find(({name}) => name === option?.environment));
	return {option, view, left: useCockpit(state => state.left), now: useCockpit(state => state.now)};
};

/** One entry; `label` is its id, so that the menu moves between things, not between texts. */
function Item({label, isSelected = false}: {readonly label: string; readonly isSelected?: boolean}) {
	const theme = useTheme();
	const width = useContext(MenuWidth);
	const {option, view, left, now} = useEntry(label);
	const evidence = useCockpit(state => state.evidence);
	const board =
		option?.promotedFrom === undefined ? undefined : selectBoard({evidence, now}, option.app, option.environment);
	const row: Row = option
		? optionRow(option, {view, board}, isSelected, width, theme)
		: left
			? leftRow(left, isSelected, width, theme)
			: blank;
	return <Rows rows={[withCut(row, theme)]} />;
}

function Detail({width, height}: ScreenProps) {
	const theme = useTheme();
	const {option, view, left, now} = useEntry(useCockpit(selectHighlighted));
	const rows = option
		? optionDetail(option, view, now, width - 2, theme)
		: left
			? leftDetail(left, now, width - 2, theme)
			: [[span(' No environment here has an app to deploy.', 'muted' as const)]];
	return <Rows rows={framed([blank, ...rows], width, height, theme)} />;
}
