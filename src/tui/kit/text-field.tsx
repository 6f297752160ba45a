import {Box, Text} from 'ink';
import TextInput from 'ink-text-input';
import {useRef} from 'react';
import {Rows} from './draw-rows.tsx';
import {span, widthOf, type Row} from './rows.ts';

/**
 * One line to type in. ink-text-input moves its cursor after a value that was changed from outside only when the frame
 * is done: a key that comes sooner lands in the wrong place. Such a value gets an input of its own, cursor at its end.
 */
export function TextField(props: {
	readonly value: string;
	readonly onChange: (value: string) => void;
	readonly focus?: boolean;
	readonly showCursor?: boolean;
	/** Drawn in place of each letter. */
	readonly mask?: string | undefined;
}) {
	const {value, onChange, mask, focus = true, showCursor = true} = props;
	const input = useRef({value, number: 0});
	if (value !== input.current.value) input.current = {value, number: input.current.number + 1};
	return (
		<TextInput
			key={input.current.number}
			value={value}
			focus={focus}
			showCursor={showCursor}
			{...(mask === undefined ? {} : {mask})}
			onChange={typed => {
				input.current = {...input.current, value: typed};
				onChange(typed);
			}}
		/>
	);
}

/** A line to type in: its sign, the field, what stands right of it; `width` cells. */
export function FieldLine(props: {
	readonly sign: Row;
	readonly value: string;
	readonly onChange: (value: string) => void;
	readonly isFocused: boolean;
	readonly showCursor?: boolean;
	readonly end: Row;
	readonly width: number;
	/** Drawn in place of each letter. */
	readonly mask?: string | undefined;
	/** Over something else, every cell has to be written. */
	readonly isOpaque?: boolean;
}) {
	const {sign, value, onChange, isFocused, showCursor = true, end, width, isOpaque = false, mask} = props;
	const room = Math.max(1, width - widthOf(sign) - widthOf(end));
	const field = <TextField value={value} focus={isFocused} showCursor={showCursor} onChange={onChange} mask={mask} />;
	return (
		<Box width={width} height={1} flexShrink={0} overflow="hidden">
			<Rows rows={[sign]} />
			<Box width={room} height={1} overflow="hidden">
				{isOpaque ? <Box flexShrink={0}>{field}</Box> : field}
				{isOpaque && (
					<Text>
						{' '.repeat(
							Math.max(0, room - widthOf([span(mask === undefined ? value : mask.repeat(value.length))])),
						)}
					</Text>
				)}
			</Box>
			<Rows rows={[end]} />
		</Box>
	);
}
