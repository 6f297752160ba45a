/** Text of a program in another language, as written: only `\${` and a backtick are unescaped. Takes no values. */
export const source = ({raw}: TemplateStringsArray): string =>
	(raw[0] ?? '').replaceAll('\\${', '${').replaceAll('\\`', '`').trim();
