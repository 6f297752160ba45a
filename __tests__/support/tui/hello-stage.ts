import {render, Text} from 'ink';
import {createElement} from 'react';

/** The least an Ink program can do: the measure of what a first frame costs anyway. */
const {unmount} = render(createElement(Text, null, 'Hello'), {interactive: true});
process.stdin.once('data', () => unmount());
