import type {Command} from '../domain/command.ts';
import {around} from './shell.ts';

const tolerant = `
"$@" && exit 0
echo "noted: $0 exited with $?; the run goes on"
exit 0
`;

/** For what is good to have, but must not end a run: that it failed is noted. */
export const tolerate = (command: Command): Command => around(command, tolerant);
