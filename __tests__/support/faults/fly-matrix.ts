import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {AppName} from '../../../src/domain/environments/environment.ts';
import {pointsOf, runCell, tell, type CellResult} from './cell.ts';
import {cellsOf, extentAsked} from './choose.ts';
import {resultFile} from './result-file.ts';
import {flights} from './pipelines.ts';
import {faultsUnavailable, startWorld, type World} from './world.ts';

const seed = Number(process.env['FAULT_SEED'] ?? 20_260_210);
const only = process.env['FAULT_ONLY'];
const onlyFault = process.env['FAULT_NAME'];

/** Flies the matrix of an app: every pipeline, undisturbed first. A world that could not be brought back is built anew. */
export const flyMatrix = (app: AppName): void => {
	const why = faultsUnavailable();
	const mine = flights.filter(flight => flight.app === app && (only === undefined || flight.name.includes(only)));
	describe.skipIf(why !== undefined)(`faults: ${app}${why === undefined ? '' : ` (${why})`}`, () => {
		let world: World | undefined;
		const results: CellResult[] = [];
		const worldNow = async (): Promise<World> => (world ??= await startWorld(app));
		beforeAll(async () => void (await worldNow()));
		afterAll(async () => {
			await world?.stop();
			const file = resultFile(app);
			mkdirSync(dirname(file), {recursive: true});
			writeFileSync(file, JSON.stringify(results));
		});

		test.each(mine)('$name', {timeout: 12 * 3_600_000}, async flight => {
			const points = await pointsOf(await worldNow(), flight);
			const cells = cellsOf(flight, points, {extent: extentAsked(), seed, index: flights.indexOf(flight)});
			const bad: string[] = [];
			for (const cell of cells.filter(({fault}) => onlyFault === undefined || fault.name.includes(onlyFault))) {
				const at = cell.point === undefined ? 'from the beginning' : tell(cell.point);
				const result = await runCell(await worldNow(), cell).catch((error: unknown) => String(error));
				if (typeof result === 'string') {
					bad.push(`${cell.fault.name}, ${at}: ${result}`);
					await world?.stop();
					world = undefined;
					continue;
				}
				results.push(result);
				const {untrue, recovered, lost, canaries, said, way, exitCode, ms} = result;
				const wrong = [...untrue, ...(recovered ? [] : ['no good state again']), ...lost, ...canaries];
				if (extentAsked() !== 'sample')
					process.stdout.write(
						`${wrong.length === 0 ? 'ok ' : 'BAD'} ${(ms / 1000).toFixed(1)} s ${flight.name}: ${cell.fault.name}, ${at}: exit ${exitCode}, ${way} ${wrong.join('; ')}\n`,
					);
				if (wrong.length > 0)
					bad.push(`${cell.fault.name}, ${at}: exit ${exitCode}: ${wrong.join('; ')}\n${said}`);
				if (!recovered || cell.fault.spoilsWorld) {
					await world?.stop();
					world = undefined;
				}
			}
			expect(bad).toEqual([]);
		});
	});
};
