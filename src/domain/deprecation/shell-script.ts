const shells: ReadonlySet<string> = new Set(
	'sh bash dash ash ksh ksh88 ksh93 mksh lksh pdksh oksh zsh yash posh busybox'.split(' '),
);

/** The program that a first line names, without its directory: behind `env` the first word that is one. */
const interpreterOf = (script: string): string | undefined => {
	const [, line] = /^(?:\u00EF\u00BB\u00BF)?#!([^\n]*)/.exec(script) ?? [];
	if (line === undefined) return undefined;
	const [first = '', ...words] = line.trim().split(/\s+/);
	const name = first.slice(first.lastIndexOf('/') + 1);
	if (name !== 'env') return name;
	const behind = words.find(word => !word.startsWith('-') && !word.includes('=')) ?? '';
	return behind.slice(behind.lastIndexOf('/') + 1);
};

const printable = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, 40);

/**
 * Why no warning written for a shell can be put into this file; undefined where it can. `script` has one character a
 * byte.
 */
export const notForShell = (fileName: string, script: string): string | undefined => {
	if (script.includes('\0')) return 'it is no text: it holds NUL bytes';
	const interpreter = interpreterOf(script);
	if (interpreter !== undefined) {
		return shells.has(interpreter)
			? undefined
			: `its first line names ${printable(interpreter) || 'no program'}: the warning is written for sh, bash, dash, ksh and zsh`;
	}
	const [, ending] = /\.([^./]+)$/.exec(fileName) ?? [];
	if (ending === undefined || shells.has(ending) || ending === 'command') return undefined;
	return `neither its first line nor its ending .${printable(ending)} names a shell: write #!/bin/sh on top if it is a script for one`;
};
