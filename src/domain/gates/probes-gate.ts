import type {GateFacts} from './facts.ts';
import {met, shut, unknown, type Gate} from './gate.ts';

/** Whether every probe of the checklist passes on the environment before, asked for this decision. */
export const probesGate = ({probes: found}: GateFacts): Gate => {
	const gate = 'probes';
	if ('unknown' in found) return unknown(gate, found.unknown);
	const all = found.value;
	if (all.length === 0) return met(gate, 'none configured');
	const passed = `${all.filter(({outcome}) => outcome === 'passed').length} of ${all.length} pass`;
	const failed = all.filter(({outcome}) => outcome === 'failed');
	const [first] = failed;
	if (first)
		return shut(
			gate,
			'failed',
			`${passed}; ${first.title}: ${first.text}`,
			'put it right; the probes run again by themselves',
		);
	const unclear = all.find(({outcome}) => outcome === 'unclear');
	return unclear ? unknown(gate, `${passed}; ${unclear.title}: ${unclear.text}`) : met(gate, passed);
};
