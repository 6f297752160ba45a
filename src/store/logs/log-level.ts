import type {LogLevel} from '../../domain/logs/log.ts';

/** From the least to the worst. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

const ranks: Readonly<Record<LogLevel, number>> = {debug: 0, info: 1, warn: 2, error: 3};

export const logLevelRank = (level: LogLevel): number => ranks[level];
