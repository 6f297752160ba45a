import type {EnvRow} from '../../../domain/environments/env-table.ts';
import {columnTitle, valuePlaces, type EnvView} from './look.ts';

/**
 * What a finding closes, in a sentence: the pre-flight of a deploy refuses a host that lacks what its template has and
 * the code asks for.
 */
export const closesText = (
	{finding, cells, askedFor}: EnvRow,
	view: Pick<EnvView, 'columns' | 'environments'>,
): string => {
	const lacking = finding === 'missing' ? valuePlaces(view).filter(({id}) => cells[id]?.kind === 'missing') : [];
	if (lacking.length === 0) return 'Closes nothing.';
	const isGated = (id: string): boolean => view.environments.some(({name, tier}) => name === id && tier !== 'local');
	const gated = lacking
		.filter(({id}) => isGated(id))
		.map(columnTitle)
		.join(' and ');
	if (gated === '') return `Closes nothing: ${lacking.map(columnTitle).join(' and ')} is no gate.`;
	return askedFor.length > 0
		? `Closes deploys to ${gated}: pre-flight refuses to go on without what the code asks for.`
		: `Closes nothing: no code here asks for it. Pre-flight to ${gated} tells it.`;
};
