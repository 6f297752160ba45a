import type {LocalReading} from '../../../app/runs/read-local.ts';
import {shortCommit} from '../../../domain/build.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {span, type Row} from '../../kit/rows.ts';
import {unclear} from './look.ts';

const marked = (isRight: boolean, text: string, detail: string, glyphs: Glyphs): Row => [
	span(`${isRight ? glyphs.done : glyphs.attention} `, isRight ? 'success' : 'attention'),
	span(text, isRight ? 'value' : 'attention'),
	...(detail === '' ? [] : [span(`  ${detail}`, 'muted')]),
];

/** Commit, branch and whether the sources are as committed. */
export const sources = ({sources}: LocalReading, glyphs: Glyphs): Row => {
	if ('problem' in sources) return [span(`${glyphs.failed} ${sources.problem}`, 'danger')];
	const {commit, branch = 'no branch', changed} = sources;
	return [
		span(shortCommit(commit), 'value', {bold: true}),
		span(`  ${branch}, `),
		changed === 0 ? span('clean') : span(`${glyphs.attention} ${changed} changed`, 'attention'),
	];
};

/** How far the branch is from the one it follows, as of the last fetch. */
export const distance = ({sources}: LocalReading, glyphs: Glyphs, isShort = false): Row => {
	if ('problem' in sources) return unclear('not known', glyphs);
	const {upstream} = sources;
	if (!upstream) return [span('follows no branch', 'muted')];
	const {ahead, behind} = upstream;
	const name = isShort ? upstream.name.replace(/\/.*/, '') : upstream.name;
	const isBehind = behind > 0;
	const counts = isShort && !isBehind ? `${ahead} ahead of` : `${ahead} ahead, ${behind} behind`;
	return [span(`${isBehind ? `${glyphs.attention} ` : ''}${counts} ${name}`, isBehind ? 'attention' : 'value')];
};

export const tools = ({tools: {names, missing}}: LocalReading, glyphs: Glyphs, isShort = false): Row =>
	missing.length > 0
		? marked(false, `missing: ${missing.join(' ')}`, '', glyphs)
		: marked(true, isShort ? 'tools' : names.join(' '), '', glyphs);

export const template = ({template: {name, isThere}, isDebug}: LocalReading, glyphs: Glyphs, isShort = false): Row =>
	marked(isThere, isThere ? name : `${name} missing`, isShort ? '' : `debug ${isDebug ? 'on' : 'off'}`, glyphs);

/** A key file that others may read is refused at login; so it is shown here first. */
export const keyFile = ({key}: LocalReading, glyphs: Glyphs, isShort = false): Row => {
	if (!key)
		return [span(`${glyphs.notApplicable} ${isShort ? 'no key file' : 'agent or ssh configuration'}`, 'muted')];
	const {name, mode} = key;
	if (mode === undefined) return marked(false, `${name} missing`, '', glyphs);
	const isPrivate = (mode & 0o077) === 0;
	const bits = `mode ${mode.toString(8).padStart(3, '0')}`;
	if (!isPrivate) return marked(false, `${name} ${bits}`, 'others may read it', glyphs);
	return marked(true, isShort ? 'key' : name, isShort ? '' : bits, glyphs);
};

export const you = ({actor}: LocalReading, glyphs: Glyphs): Row =>
	actor ? [span(actor.name), span(`  on ${actor.machine}`, 'muted')] : unclear('not known', glyphs);
