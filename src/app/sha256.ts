import {createHash} from 'node:crypto';

/** Lower-case hex sha256 of a text as UTF-8. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
