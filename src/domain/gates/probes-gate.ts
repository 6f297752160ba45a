import type {GateFacts} from './facts.ts';
import {verdictsOf, type Gate} from './gate.ts';

const is = verdictsOf('probes');

/** Whether every probe of the checklist passes on the environment before, asked for this decision. */
export const probesGate = ({probes: found}: GateFacts): Gate => {
	if ('unknown' in found) return is.unknown(found.unknown);
	const all = found.value;
	if (all.length === 0) return is.met('none configured');
	const passed = `${all.filter(({outcome}) => outcome === 'passed').length} of ${all.length} pass`;
	const failed = all.filter(({outcome}) => outcome === 'failed');
	const [first] = failed;
	if (first)
		return is.failed(
			`${passed}; ${first.title}: ${first.text}`,
			'put it right; the probes run again by themselves',
		);
	const unclear = all.find(({outcome}) => outcome === 'unclear');
	return unclear ? is.unknown(`${passed}; ${unclear.title}: ${unclear.text}`) : is.met(passed);
};
