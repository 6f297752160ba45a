import type {DeployError} from '../../../domain/errors.ts';

/** The value, unless it takes too long or nobody wants it any more; others may still wait for it then. */
export const waitFor = async <Value>(
	value: Promise<Value>,
	{
		signal,
		timeoutMs,
		...errors
	}: {
		readonly signal: AbortSignal | undefined;
		readonly timeoutMs: number | undefined;
		readonly cancelled: () => DeployError;
		readonly timedOut: () => DeployError;
	},
): Promise<Value> => {
	const given = Promise.withResolvers<never>();
	const onAbort = (): void => given.reject(errors.cancelled());
	const timer = timeoutMs === undefined ? undefined : setTimeout(() => given.reject(errors.timedOut()), timeoutMs);
	signal?.addEventListener('abort', onAbort, {once: true});
	try {
		return await Promise.race([value, given.promise]);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	}
};
