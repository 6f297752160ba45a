import {Box} from 'ink';
import {inkFocus} from '../keys/scopes.ts';
import {span} from './rows.ts';
import {useCockpit} from './use-cockpit.ts';
import {Rows} from './draw-rows.tsx';
import {TextField} from './text-field.tsx';

/** The line below a list in which its filter is typed, and stands as long as it keeps something out. */
export function FilterLine(props: {
	readonly value: string;
	readonly isTyping: boolean;
	readonly onChange: (value: string) => void;
	readonly width: number;
}) {
	const {value, isTyping, onChange, width} = props;
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	const hint = isTyping ? '  Enter keep, Esc leave' : '  Esc shows all again';
	return (
		<Box width={width} height={1} flexShrink={0} overflow="hidden">
			<Rows rows={[[span('  / ', 'accent')]]} />
			<Box width={Math.max(1, width - 5 - hint.length)} height={1} overflow="hidden">
				<TextField value={value} focus={isFocused} showCursor={isTyping} onChange={onChange} />
			</Box>
			<Rows rows={[[span(hint, 'muted')]]} />
		</Box>
	);
}
