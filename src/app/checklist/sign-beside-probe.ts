import {filledValue, notedOf, observed} from '../../domain/checklist/observation.ts';
import type {AppServices} from '../app-services.ts';
import {lookAtItem} from './item-probes.ts';
import {itemNamed, readChecklist, signItem, type ChecklistOf, type Finding, type SigningServices} from './sign-off.ts';

type Options = ChecklistOf & {readonly finding: Finding; readonly signal?: AbortSignal};

/**
 * Asks the probe of the item, if it has one, fills in what it saw where nothing else was said, and records all of it as
 * `signItem` does: for whoever has not looked at the probe before. Throws DeployError as that.
 */
export const signBesideProbe = async (
	services: SigningServices & Pick<AppServices, 'probe' | 'clock'>,
	{finding, ...options}: Options,
): Promise<void> => signItem(services, {...options, finding: await besideProbe(services, {finding, ...options})});

const besideProbe = async (
	services: SigningServices & Pick<AppServices, 'probe' | 'clock'>,
	{environment, checklists, finding, signal}: Options,
): Promise<Finding> => {
	const {item, phase} = itemNamed(checklists, finding.item);
	const {probe} = item;
	if (!probe || finding.result === 'not-applicable') return finding;
	const {ledger, items} = await readChecklist(services, {environment, checklists, phase});
	const begun = services.clock.now();
	const sight = await lookAtItem(services, environment, {...item, probe}, signal);
	const at = ledger.time + services.clock.now() - begun;
	const before = items.find(one => one.item.id === item.id)?.signOff?.probe?.attempts;
	const seen = observed(sight, at, before);
	const saw = seen.outcome === 'failed' && finding.result === 'failed' ? notedOf(seen) : undefined;
	return {...finding, probe: seen, value: finding.value ?? filledValue(item, seen), note: finding.note ?? saw};
};
