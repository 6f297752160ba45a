/** Files by path, relative to a directory. A text that begins with `#!` is executable. */
export type Files = Readonly<Record<string, string>>;

export const isExecutable = (text: string): boolean => text.startsWith('#!');
