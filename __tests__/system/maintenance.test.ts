import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {until} from '../support/wait.ts';
import {observeBackend, sh} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const kernel = `<?php
namespace App\\Http;
use Illuminate\\Foundation\\Http\\Kernel as HttpKernel;
class Kernel extends HttpKernel
{
    protected $middleware = [\\Illuminate\\Foundation\\Http\\Middleware\\PreventRequestsDuringMaintenance::class];
    protected $middlewareGroups = ['web' => [], 'api' => [\\Illuminate\\Routing\\Middleware\\SubstituteBindings::class]];
}
`;

/** Waits for the file that lets it go on, but not where artisan only pretends. */
const waiting = (go: string): string => `<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;
return new class extends Migration {
    public function up(): void {
        $pretends = Schema::getConnection()->pretending();
        if (!$pretends) touch('/tmp/migrating');
        while (!$pretends && !file_exists('${go}')) { usleep(20000); clearstatcache(); }
        Schema::create('waited', function (Blueprint $table) { $table->id(); });
    }
    public function down(): void { Schema::dropIfExists('waited'); }
};
`;

/** Asked until it answers with that status, or for 10 s; how long it took by the host, in milliseconds. */
const waitForStatus = `
begin=$(date +%s%3N)
for try in $(seq 500); do
	code=$(curl -s -o /dev/null -w '%{http_code}' "$1/api/health")
	[ "$code" = "$2" ] && { echo $(($(date +%s%3N) - begin)); exit 0; }
	sleep 0.02
done
echo "still $code" >&2; exit 1`;

describe.skipIf(systemUnavailable() !== undefined)(titled('maintenance while migrations run, on a real host'), () => {
	let lab: Lab;
	const deploy = () => lab.cockpit('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', '--migrate', 'run');
	const status = (wanted: number): Promise<string> => sh(lab.preprod, waitForStatus, lab.preprod.url, String(wanted));
	const migrating = (): Promise<unknown> =>
		until(
			'the migration to begin',
			async () => (await sh(lab.preprod, 'ls /tmp/migrating 2>/dev/null || true')) !== '',
			{within: 90_000},
		);

	beforeAll(async () => {
		lab = await startLab({overrides: {apps: {backend: {maintenance: 'migrations'}}}});
		await lab.done('adopt', '--env', 'preprod');
		await lab.repository.commit({'app/Http/Kernel.php': kernel});
		await lab.done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
	});
	afterAll(() => lab.stop());

	test('kill -9 of the job in the middle: visitors are served again within two seconds, by what was live', async () => {
		const before = await observeBackend(lab.preprod);
		await lab.repository.commit({'database/migrations/2026_02_03_000000_wait.php': waiting('/tmp/go')});
		const running = deploy();
		await migrating();
		await status(503);
		await sh(
			lab.preprod,
			'for file in /home/ubuntu/.cockpit/qsights/preprod/jobs/*/migrate/group; do :; done; read -r group _ <"$file"; kill -9 -- "-$group"',
		);

		expect(Number(await status(200))).toBeLessThan(2000);
		const {code} = await running;
		expect(code).toBe(3);
		expect(await observeBackend(lab.preprod)).toMatchObject({release: before.release, health: 200});
	});

	test('a deploy that ends well: away while it migrates, there behind it, and nothing of it is left', async () => {
		await sh(lab.preprod, 'rm -f /tmp/migrating');
		const running = deploy();
		await migrating();
		await status(503);
		await sh(lab.preprod, 'touch /tmp/go');
		await status(200);
		const {code, stdout, stderr} = await running;

		expect({code, stderr}, stdout).toEqual({code: 0, stderr: ''});
		expect(stdout).toMatch(/maintenance from \S+Z[^]*maintenance until \S+Z/);
		expect(await sh(lab.preprod, 'ls /home/ubuntu/.cockpit/qsights/preprod/maintenance')).not.toMatch(/^backend$/m);
		expect((await lab.done('status')).stdout).not.toContain('maintenance');
	});
});
