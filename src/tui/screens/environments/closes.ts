import type {EnvRow} from '../../../domain/environments/env-table.ts';
import {columnTitle, valuePlaces, type EnvView} from './look.ts';

/** What a finding closes, in a sentence: the pre-flight of a deploy asks for every key of the place before. */
export const closesText = ({finding, cells}: EnvRow, view: Pick<EnvView, 'columns' | 'environments'>): string => {
	const lacking = finding === 'missing' ? valuePlaces(view).filter(({id}) => cells[id]?.kind === 'missing') : [];
	if (lacking.length === 0) return 'Closes nothing.';
	const gated = lacking.filter(({id}) => view.environments.some(({name, tier}) => name === id && tier !== 'local'));
	return gated.length > 0
		? `Closes deploys to ${gated.map(columnTitle).join(' and ')}: pre-flight asks for it.`
		: `Closes nothing: ${lacking.map(columnTitle).join(' and ')} is no gate.`;
};
