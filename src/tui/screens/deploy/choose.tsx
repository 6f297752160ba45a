import {Box} from 'ink';
import SelectInput from 'ink-select-input';
import {useMemo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {resumeId, selectHighlighted} from '../../../store/wizard.ts';
import {Rows} from '../../components/rows.tsx';
import {inkFocus} from '../../keys/scopes.ts';
import {blank, fit, rule, span, type Row} from '../../rows.ts';
import {useTheme} from '../../theme.tsx';
import {useCockpit, useCockpitStore} from '../../use-cockpit.ts';
import {leftDetail, leftRow, optionDetail, optionRow} from './choose-rows.ts';
import {framed} from './layout.ts';
import {stepper} from './stepper.ts';

type Props = {readonly width: number; readonly height: number};

/** Which app goes where. The menu is Ink's own; what Enter does is the controller's. */
export function Choose({width, height}: Props) {
	const theme = useTheme();
	const store = useCockpitStore();
	const view = useCockpit(
		useShallow(({options, left, environments, now, stage, intent, words, wordIndex}) => ({
			options,
			left,
			environments,
			now,
			stage,
			intent,
			words,
			wordIndex,
		})),
	);
	const highlighted = useCockpit(selectHighlighted);
	const isFocused = useCockpit(state => inkFocus(state) === 'choice');
	const {options, left, environments} = view;
	const inner = width - 2;
	const named = (name: string) => environments.find(environment => environment.name === name);
	const items = [
		...options.map(({id}) => ({label: id, value: id})),
		...(left ? [{label: resumeId, value: resumeId}] : []),
	];
	const limit = Math.max(1, Math.min(items.length, height - 8));
	const rowOf = (id: string, isSelected: boolean): Row => {
		const option = options.find(entry => entry.id === id);
		if (option) return optionRow(option, named(option.environment), isSelected, inner - 2, theme);
		return left ? leftRow(left, isSelected, inner - 2, theme) : blank;
	};
	const option = options.find(({id}) => id === highlighted);
	const detail = option
		? optionDetail(option, named(option.environment), view.now, inner, theme)
		: left
			? leftDetail(left, view.now, inner, theme)
			: [[span('No environment has an app to deploy.', 'muted')]];
	const parts = useMemo(() => menuParts(() => drawing.current), []);
	const drawing = useMemo(() => ({current: rowOf}), []);
	drawing.current = rowOf;
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows
				rows={framed(
					[
						stepper({...view, intent: 'deploy', words: ['yes']}, inner, theme),
						blank,
						rule([span('Deploy', 'value', {bold: true})], [span('what goes where', 'muted')], inner, {line: theme.glyphs.rule}),
					],
					width,
					3,
					theme,
				)}
			/>
			<Box paddingLeft={1} height={limit} flexShrink={0} overflow="hidden">
				<SelectInput
					key={items.map(({value}) => value).join(' ')}
					items={items}
					limit={limit}
					isFocused={isFocused}
					initialIndex={Math.max(0, items.findIndex(({value}) => value === highlighted))}
					onHighlight={item => item && store.getState().highlight(item.value)}
					onSelect={item => item && store.getState().pick(item.value)}
					indicatorComponent={parts.Indicator}
					itemComponent={parts.Item}
				/>
			</Box>
			<Rows rows={framed([blank, ...detail], width, Math.max(0, height - 3 - limit), theme)} />
		</Box>
	);
}

/** Ink's menu takes components, made once so that it never remounts them. */
const menuParts = (draw: () => (id: string, isSelected: boolean) => Row) => ({
	Indicator: function Indicator({isSelected = false}: {readonly isSelected?: boolean}) {
		const {glyphs} = useTheme();
		return <Rows rows={[[span(isSelected ? `${glyphs.cursor} ` : '  ', 'accent')]]} />;
	},
	Item: function Item({label, isSelected = false}: {readonly label: string; readonly isSelected?: boolean}) {
		return <Rows rows={[fit(draw()(label, isSelected), 400)]} />;
	},
});
