/** Programs for other interpreters: files of their own, imported as text. See `scripts/text-files.ts`. */
declare module '*.sh' {
	const text: string;
	export default text;
}
declare module '*.pl' {
	const text: string;
	export default text;
}
declare module '*.cjs' {
	const text: string;
	export default text;
}
declare module '*.mjs' {
	const text: string;
	export default text;
}

/** Every file below a folder, by its path there. */
declare module '*?files' {
	const files: Readonly<Record<string, string>>;
	export default files;
}
