import {expect, test} from 'vitest';
import {differencesToLive, parseDifferences} from '../../../../src/commands/backups/compare/backup-differences.ts';
import {archive, makeApp, odd} from '../archives.ts';
import {createHostDirectory, me, type HostDirectory} from '../../host-directory.ts';

const compare = (host: HostDirectory, file: string, app: 'backend' | 'frontend' = 'backend') =>
	differencesToLive(file, app, {
		path: `${host.root}/live`,
		owner: me,
		shared: {files: ['.env'], directories: ['storage/app']},
		excludes: ['vendor', '**/node_modules'],
	});

test.concurrent.each(['backend/', './', '', 'var/www/qsights/backend/', `${odd}/`])(
	'differences to live: by content, both ways, for the inner root %j',
	async root => {
		await using host = createHostDirectory();
		const file = await archive(host, 'backend', {root});
		makeApp('backend', `${host.root}/one`);
		await host.sh(
			`ln -s one live; cd live; touch -d 2001-01-01 artisan; chmod 600 artisan
			echo '<?pHp' >public/index.php; echo new >"public/new
line"; ln -sfn ../other public/link; rm "public/$1" composer.lock; mkdir composer.lock; echo k >composer.lock/in
			echo other >.env; echo more >storage/app/more; echo v >vendor/v; mkdir -p public/node_modules/x; echo n >public/node_modules/x/y`,
			odd,
		);

		expect(parseDifferences(await host.ok(compare(host, file)))).toEqual({
			differ: ['public/index.php', 'public/link'],
			onlyLive: ['composer.lock/in', 'public/new\nline'],
			onlyInBackup: ['composer.lock', `public/${odd}`],
		});
	},
);

test.concurrent('differences to live: an archive of a build alone says what live has more', async () => {
	await using host = createHostDirectory();
	const file = await archive(host, 'frontend', {root: '', members: ['.next']});
	makeApp('frontend', `${host.root}/live`);
	await host.sh('printf %s build-8 >live/.next/BUILD_ID');

	expect(parseDifferences(await host.ok(compare(host, file, 'frontend')))).toEqual({
		differ: ['.next/BUILD_ID'],
		onlyLive: ['package.json', 'public/icon'],
		onlyInBackup: [],
	});
});

test.concurrent('differences to live: a bad archive is a reason, not an empty list', async () => {
	await using host = createHostDirectory();
	const file = await archive(host, 'backend', {root: 'backend/'});
	await host.sh('truncate -s 100 "$1"; mkdir live', file);

	expect(await host.run(compare(host, file))).toMatchObject({code: 1, stderr: expect.stringMatching(/^cut short/)});
	expect(() => parseDifferences('artisan\n\0')).toThrow('cut');
});
