import TextInput from 'ink-text-input';
import {useRef} from 'react';

/**
 * One line to type in. ink-text-input moves its cursor after a value that was changed from outside only when the frame
 * is done: a key that comes sooner lands in the wrong place. Such a value gets an input of its own, cursor at its end.
 */
export function TextField(props: {
	readonly value: string;
	readonly onChange: (value: string) => void;
	readonly focus?: boolean;
	readonly showCursor?: boolean;
}) {
	const {value, onChange, focus = true, showCursor = true} = props;
	const input = useRef({value, number: 0});
	if (value !== input.current.value) input.current = {value, number: input.current.number + 1};
	return (
		<TextInput
			key={input.current.number}
			value={value}
			focus={focus}
			showCursor={showCursor}
			onChange={typed => {
				input.current = {...input.current, value: typed};
				onChange(typed);
			}}
		/>
	);
}
