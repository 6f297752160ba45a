export const tiers = ['preprod', 'production'] as const;

/** The environments that have a host in the sandbox. */
export type SandboxTier = (typeof tiers)[number];

export type ByTier<Value> = Readonly<Record<SandboxTier, Value>>;

/** Makes one value for each environment, both at once. */
export const byTier = async <Value>(make: (tier: SandboxTier) => Promise<Value>): Promise<ByTier<Value>> => {
	const [preprod, production] = await Promise.all([make('preprod'), make('production')]);
	return {preprod, production};
};
