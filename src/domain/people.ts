import type {Actor} from './build.ts';

/** What somebody shows of themselves: a name, and the key they log in with where it is known. */
export type Identity = Pick<Actor, 'name' | 'key'>;

/**
 * Letters of other scripts, and other forms of Latin ones, that are drawn as the one in front. Case counts: a Greek small
 * nu is a v to the eye, a capital one an N. Of the table of Unicode Technical Standard 39, what names are written with.
 */
const lookAlikes: Readonly<Record<string, string>> = {
	a: 'аɑα⍺ᴀАΑᎪꓮ',
	b: 'ЬьƄʙВвΒꞴβᏴᗷꓐ',
	c: 'сϲᴄⲥСϹᏟꓚ',
	d: 'ԁᏧꓒꓓᎠᴅ',
	e: 'еҽℯεЕΕᎬꓰ℮ɛєҾ',
	f: 'ꞙſẝϜꓝք',
	g: 'ɡցᶃԌԍᏀꓖ',
	h: 'һհᏂНнΗᎻꓧʜη',
	i: 'іɩιıΙІӀӏᎥⅼ|ǀꓲɪlI1!׀',
	j: 'јϳյЈᎫꓙ',
	k: 'кκᴋКΚᏦꓗⲕ',
	m: 'мМΜᎷꓟᴍ',
	n: 'пոռΝꓠɴ',
	o: 'оοσⲟОΟꓳ0օՕഠᴏᱛ',
	p: 'рρϱⲣРΡᏢꓑ',
	q: 'ԛգզԚ',
	r: 'гᴦⲅꭇʀᎡꓣ',
	s: 'ѕꜱƽЅՏᏚꓢ',
	t: 'тτТΤᎢꓔᴛ',
	u: 'υսʋᴜꞟՍꓴц',
	v: 'νѵᴠѴᏙꓦ',
	w: 'ԝѡɯᴡԜᎳꓪ',
	x: 'хχХΧꓫ᙮',
	y: 'уүγỿʏУҮΥᎩꓬ',
	z: 'ᴢΖᏃꓜ',
};

const drawnAs = new Map(
	Object.entries(lookAlikes).flatMap(([letter, alike]) => Array.from(alike, one => [one, letter] as const)),
);

/** Nothing of these is seen: zero-width ones, joiners, marks that turn or vary what is beside them. */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/** Accents, spaces, and what stands between the parts of a name. */
const between = /[\u0300-\u036F\s\p{P}\p{S}]/gu;

/** As they are shown where a name comes from elsewhere. */
const shownMarks = /<U\+[\dA-F]{4,6}>/g;

const plain = (name: string): string => name.replaceAll(shownMarks, '').replaceAll(unseen, '').normalize('NFKD');

/** A name in whatever case, spacing and width. */
const spoken = (name: string): string =>
	plain(name).toUpperCase().toLowerCase().normalize('NFKC').replaceAll(between, '').replaceAll('ς', 'σ');

/** A name as the eye has it: letters that are drawn alike are one. */
const drawn = (name: string): string =>
	Array.from(plain(name), letter => drawnAs.get(letter) ?? letter)
		.join('')
		.toLowerCase()
		.normalize('NFKD')
		.replaceAll(between, '')
		.replaceAll(/./gu, letter => drawnAs.get(letter) ?? letter)
		.replaceAll('rn', 'm')
		.replaceAll('vv', 'w');

/** Whether a name says anybody: one without a letter or a figure is nobody's. */
export const isNobody = ({name}: Pick<Identity, 'name'>): boolean => spoken(name) === '';

/**
 * By what an identity is known again: its name as it is said and as it is seen, and its key. Whoever shares one of them
 * is the same person.
 */
const marksOf = ({name, key}: Identity): readonly string[] => [
	`said ${spoken(name)}`,
	`seen ${drawn(name)}`,
	...(key === undefined || key === '' ? [] : [`key ${key}`]),
];

/**
 * Which person each identity is, as the index of the first one that is the same person. Two names with one key are one
 * person, one name with two keys is one, and so on along any number of them: being the same is carried on through whoever
 * is in between. Source: design, "Gates to production", approvals.
 */
export const peopleAmong = (identities: readonly Identity[]): readonly number[] => {
	const people = identities.map((_, index) => index);
	const root = (index: number): number => {
		const above = people[index] ?? index;
		return above === index ? index : root(above);
	};
	const known = new Map<string, number>();
	for (const [index, identity] of identities.entries()) {
		for (const mark of marksOf(identity)) {
			const other = known.get(mark);
			if (other === undefined) {
				known.set(mark, index);
				continue;
			}
			const [first = index, later = index] = [root(other), root(index)].toSorted((a, b) => a - b);
			people[later] = first;
		}
	}
	return people.map((_, index) => root(index));
};

/** Why two are one person, for people; undefined where nothing of their own says so. */
export const sameBy = (one: Identity, other: Identity): 'name' | 'letters' | 'key' | undefined => {
	if (one.name === other.name) return 'name';
	if (one.key !== undefined && one.key !== '' && one.key === other.key) return 'key';
	return spoken(one.name) === spoken(other.name) || drawn(one.name) === drawn(other.name) ? 'letters' : undefined;
};
