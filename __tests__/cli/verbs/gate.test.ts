import {expect, test} from 'vitest';
import {decisionObject, printDecision} from '../../../src/cli/verbs/gate.ts';
import type {Terminal} from '../../../src/cli/terminal.ts';
import {emergencyReview, now} from '../../tui/screens/deploy/fixtures.ts';

const {decision} = emergencyReview;

test('gate: an emergency says why, what it asks less of than usual, and until when it has to be reviewed', () => {
	let printed = '';
	const terminal = {out: (text: string) => void (printed += text), hasColour: false} as unknown as Terminal;
	printDecision(terminal, decision, {title: 'Production', timeZone: 'Asia/Kolkata'});

	expect(printed).toContain(
		'▲ EMERGENCY: the site is down for everybody since 11:05; review due by Thu 12 Feb 11:23 IST\n',
	);
	expect(printed).toContain('▲ asks less than usual: soak 24 h, now 1 h\n');
});

test('gate: the same for programs, and nothing of it where the usual policy holds', () => {
	const {emergency, ...usual} = decision;

	expect(decisionObject(decision, 'production')).toMatchObject({
		emergency: {reason: emergency?.reason, reviewBy: new Date(now + 48 * 3_600_000).toISOString()},
	});
	expect(decisionObject(usual, 'production')).not.toHaveProperty('emergency');
});
