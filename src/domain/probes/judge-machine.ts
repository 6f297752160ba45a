import type {ProbeLimits} from '../environments/watched.ts';
import {size} from '../format.ts';
import type {ProbeFinding} from './probe.ts';
import type {ProbedHost} from './probed-host.ts';

type Measured = Pick<ProbeFinding, 'kind' | 'title'> & {
	readonly value: number | undefined;
	readonly unit: NonNullable<ProbeFinding['unit']>;
	readonly limit: number;
	readonly text: (value: number) => string;
	readonly missing: string;
};

/** What can't be read is unclear: a host that does not tell its load may have any. */
const measured = (host: string, {value, text, missing, ...rest}: Measured): ProbeFinding => {
	const common = {...rest, probe: `${host}.${rest.kind}`, host};
	if (value === undefined) return {...common, state: 'unclear', text: missing};
	return {...common, value, state: value > rest.limit ? 'fail' : 'pass', text: text(value)};
};

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The fullest: what fills up first stops the app. */
const fullest = <Disk>(disks: readonly Disk[], used: (disk: Disk) => number | undefined): Disk | undefined =>
	disks.filter(disk => used(disk) !== undefined).toSorted((a, b) => (used(b) ?? 0) - (used(a) ?? 0))[0];

/** Disk, inodes, memory and load of a host. */
export const judgeMachine = (
	{host, disks, memory, load, cores}: Pick<ProbedHost, 'host' | 'disks' | 'memory' | 'load' | 'cores'>,
	limits: ProbeLimits,
): readonly ProbeFinding[] => {
	const disk = fullest(disks, ({usedPercent}) => usedPercent);
	const inodes = fullest(disks, ({inodesPercent}) => inodesPercent);
	return [
		measured(host, {
			kind: 'disk',
			title: 'disk',
			value: disk?.usedPercent,
			unit: '%',
			limit: limits.diskPercent,
			text: value => `${value} %, ${size(disk?.freeBytes ?? 0)} free`,
			missing: 'df did not answer',
		}),
		// Some file systems have no inodes to run out of.
		...(disk !== undefined && inodes === undefined
			? []
			: [
					measured(host, {
						kind: 'inodes',
						title: 'inodes',
						value: inodes?.inodesPercent,
						unit: '%',
						limit: limits.inodesPercent,
						text: value => `${value} %`,
						missing: 'df did not answer',
					}),
				]),
		measured(host, {
			kind: 'memory',
			title: 'memory',
			value: memory && Math.round((1 - memory.availableBytes / memory.totalBytes) * 100),
			unit: '%',
			limit: limits.memoryPercent,
			text: value => `${value} %, ${size(memory?.availableBytes ?? 0)} free`,
			missing: 'the host does not tell its memory',
		}),
		measured(host, {
			kind: 'load',
			title: 'load per core',
			value: load === undefined || !cores ? undefined : rounded(load / cores),
			unit: 'count',
			limit: limits.loadPerCore,
			text: value => `${value} a core, ${load} on ${cores}`,
			missing: 'the host does not tell its load',
		}),
	];
};
