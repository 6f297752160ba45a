import {observed, sightOf, type Observation} from '../../src/domain/checklist/observation.ts';

/** A probe that passed once. */
export const sees200: Observation = observed(
	sightOf({on: 'api', path: '/health', status: 200}, [{fault: undefined, durationMs: 5}]),
	Date.parse('2026-02-10T05:48:00Z'),
);
