import type {Claim} from '../../../src/commands/lock/marker/marker.ts';
import type {ReleaseLayout} from '../../../src/commands/release-layout.ts';
import type {HostDirectory} from '../host-directory.ts';

/** The claim of pre-prod on a live path of a host. */
export const claimOn = (layout: ReleaseLayout, more: Partial<Claim> = {}): Claim => ({
	project: 'qsights',
	environment: 'preprod',
	app: 'backend',
	stateDirectory: 'state',
	layout,
	...more,
});

/** Leaves the marker an adoption leaves. */
export const mark = async (host: HostDirectory, claim: Claim): Promise<void> => {
	await host.sh(
		String.raw`mkdir -p -- "$1" "$2" && printf 'project %s\nenvironment %s\napp %s\nstate %s\n' "$3" "$4" "$5" "$(cd -- "$1" && pwd -P)" >"$2/owner"`,
		claim.stateDirectory,
		claim.layout.base,
		claim.project,
		claim.environment,
		claim.app,
	);
};
