/** Text that is HTML already. Made by `html` alone, so that whatever else comes into a page is escaped. */
export class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

type Part = Markup | string | number | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** What a browser would obey, and characters that turn the direction of text or are not seen, become plain text. */
const escaped = (text: string): string =>
	text
		.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
		.replaceAll(/[&<>"']/g, character => entities[character] ?? '')
		.replaceAll(/[^\0-\u007E]/gu, character => `&#${character.codePointAt(0)};`);

const rendered = (part: Part): string => {
	if (part === undefined) return '';
	if (part instanceof Markup) return part.text;
	return typeof part === 'object' ? part.map(rendered).join('') : escaped(String(part));
};

/** HTML in ASCII alone, so that it reads the same whatever a server says of its encoding. Values are escaped. */
export const html = (constant: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
	new Markup(constant.map((text, index) => `${text}${rendered(parts[index])}`).join(''));
