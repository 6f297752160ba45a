import type {Checklists} from '../../../src/domain/checklist/checklist.ts';
import {checklists as before, item} from '../gates/evidence.ts';

const seenOrNot = {kind: 'choice', options: ['not seen', 'seen'], passing: ['not seen']} as const;

/** The items before production, two sections behind it, and one trigger. */
export const checklists: Checklists = {
	...before,
	files: [
		...before.files,
		{
			file: 'checklists/90-after.yaml',
			title: 'After',
			phase: 'after-production',
			sections: [
				{
					id: 'after-0-5',
					title: '0 to 5 minutes',
					mode: 'read-do',
					items: [
						{...item('after-health', 'backend'), probe: {on: 'api', path: '/health', status: 200}},
						item('after-sign-in', 'both'),
					],
				},
				{id: 'after-5-15', title: '5 to 15 minutes', mode: 'read-do', items: [item('after-page', 'frontend')]},
			],
		},
		{
			file: 'checklists/95-triggers.yaml',
			title: 'Triggers',
			phase: 'rollback-triggers',
			sections: [
				{
					id: 'triggers',
					title: 'Roll back when',
					mode: 'do-confirm',
					items: [{...item('trigger-down', 'both'), answer: seenOrNot}],
				},
			],
		},
	],
};
