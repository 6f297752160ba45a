import {logLevels, type LogLevel} from '../../domain/logs/log.ts';

/** From the least to the worst. */
export const logLevelRank = (level: LogLevel): number => logLevels.indexOf(level);

/** The level behind `now`: everything, then less and less. */
export const nextLevel = (now: LogLevel): LogLevel => logLevels[logLevelRank(now) + 1] ?? 'debug';
