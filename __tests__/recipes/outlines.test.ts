import type {Hook} from '../../src/domain/environments/hooks.ts';
import {expect, test} from 'vitest';
import type {AppName} from '../../src/domain/environments/environment.ts';
import {outline, stepOutline} from './outline.ts';
import {adoptPipeline, deployPipeline, preprod, production, rollbackPipeline} from './pipelines.ts';

/*
 * The whole of each pipeline as it was reviewed: which step waits for which, what each may touch, every command in its
 * order and as whom, `>` where live changes, `[step]` where commands of one job are told as another step's. A change
 * here is a change of what happens to a host.
 */

test.each([
	{
		name: 'deploy of the backend to pre-prod',
		pipeline: deployPipeline('backend'),
		is: `
pre-flight-checks touches nothing, after nothing
  read ask-host: ask the host
  lock take-lock: take the lock
back-up touches backups, after pre-flight-checks
  job back-up
      archive the live release
upload-files touches candidate, after pre-flight-checks
  job copy-live
      copy the live release
  transfer upload against manifest: list and hash /var/www/qsights/.backend/releases/20260210T055341Z-7f3a9c2 (www-data); receive files
extract-files touches candidate, after upload-files
  transfer prove against listing: list and hash /var/www/qsights/.backend/releases/20260210T055341Z-7f3a9c2 (www-data); receive files
  job link-shared
      link what belongs to the environment (www-data)
install-dependencies touches candidate, after extract-files
  job composer
      composer install
rebuild-caches touches candidate, after install-dependencies and back-up
  read migrations-before: artisan migrate:status
  read migrations-preview, when migrations are pending: artisan migrate --pretend
  prompt migrations before migrate
  job migrate, when the answer is to run them
      artisan migrate --force --no-interaction
  read migrations-after, when migrations were run: artisan migrate:status
  job caches
      artisan config:cache
      artisan route:cache
      artisan view:cache
      list what was made
restart-services touches live, after back-up and rebuild-caches
  job swap
      nginx -t (root)
      remember the release to go back to
      keep the way back
      compare with what was sent and made
      make the new link (root)
      note where the logs end
    > swap
      reload php8.1-fpm
      reload nginx
      artisan queue:restart
      service states
verify touches live, after restart-services
  probe health
  job close
      look whether it is live still
      record the release
      remove old releases
      remove old backups
      write the release record
      note what is so at the end
      close the run
      empty the trash
live changes in restart-services
job abandon
    remove the candidate
    remove the archive that did not become whole
    close the run
job close-as-failed
    close the run
job close-as-put-back
    close the run
job go-back
    swap back
    reload php8.1-fpm
    reload nginx
    artisan queue:restart
    service states
job close-as-gone-back
    keep the failed release
    close the run
`,
	},
	{
		name: 'deploy of the frontend to pre-prod',
		pipeline: deployPipeline('frontend'),
		is: `
pre-flight-checks touches nothing, after nothing
  read ask-host: ask the host
  lock take-lock: take the lock
build touches nothing, after pre-flight-checks
  build build
verify-build-id touches nothing, after build
  build read-build-back
back-up touches backups, after pre-flight-checks
  job back-up
      archive the live release
upload touches candidate, after verify-build-id
  job copy-live
      copy the live release
  transfer upload against manifest: list and hash /var/www/qsights/.frontend/releases/20260210T055341Z-7f3a9c2 (www-data); receive files
  transfer prove against listing: list and hash /var/www/qsights/.frontend/releases/20260210T055341Z-7f3a9c2 (www-data); receive files
  job prepare
      link what belongs to the environment (www-data)
      install packages
      verify BUILD_ID
      keep chunks of earlier builds
      list what was made
stop-pm2 touches live, after back-up and upload
  job swap
      remember the release to go back to
      keep the way back
      compare with what was sent and made
      make the new link (root)
      note where the logs end
      stop PM2
    > swap [extract]
      verify BUILD_ID
      start PM2 [start-pm2]
extract touches live, after stop-pm2
  follow follow-extract of swap
start-pm2 touches live, after extract
  follow follow-start of swap
verify touches live, after start-pm2
  served served
  probe health
  job prove-pm2
      prove what PM2 runs
      pm2 save
  job close
      look whether it is live still
      record the release
      remove old releases
      remove old backups
      write the release record
      note what is so at the end
      close the run
      empty the trash
live changes in extract
job abandon
    let PM2 run
    remove the candidate
    remove the archive that did not become whole
    close the run
    let PM2 run
job close-as-failed
    let PM2 run
    close the run
    let PM2 run
job close-as-put-back
    let PM2 run
    close the run
    let PM2 run
job go-back
    stop PM2
    swap back
    start PM2
job close-as-gone-back
    keep the failed release
    close the run
`,
	},
	{
		name: 'rollback of the backend to a snapshot',
		pipeline: rollbackPipeline('backend', 'snapshot'),
		is: `
verify-backup touches nothing, after nothing
  read look-back: look what there is to go back to
  lock take-lock: take the lock
  job verify-target
      settle what to go back to
      compare it with what was deployed
pre-rollback-backup touches backups, after verify-backup
  job back-up
      archive the live release behind the run
stop-services touches live, after pre-rollback-backup and rebuild-caches
  job swap
      remember the release to go back to
      keep the way back
      make the new link
      note where the logs end
      stop php8.1-fpm
    > swap [keep-failed]
      start php8.1-fpm [restart-services]
      keep the failed release
      reload nginx
      artisan queue:restart
      service states
keep-failed touches live, after stop-services
  follow follow-keep-failed of swap
restore-files touches candidate, after verify-backup
install-dependencies touches candidate, after restore-files
rebuild-caches touches candidate, after install-dependencies
  job config-cache
      rebuild the cached configuration where .env is newer
restart-services touches live, after keep-failed
  follow follow-restart of swap
health-check touches live, after restart-services
  probe health
  job close
      look whether it is live still
      remember what was live
      note what is so at the end
      close the run
live changes in stop-services
job abandon
    let services run
    close the run
job close-as-failed
    let services run
    close the run
`,
	},
	{
		name: 'rollback of the backend to a backup',
		pipeline: rollbackPipeline('backend', 'backup'),
		is: `
verify-backup touches nothing, after nothing
  read look-back: look what there is to go back to
  lock take-lock: take the lock
  job verify-target
      verify the backup
pre-rollback-backup touches backups, after verify-backup
  job back-up
      archive the live release behind the run
stop-services touches live, after pre-rollback-backup and rebuild-caches
  job swap
      remember the release to go back to
      keep the way back
      make the new link (root)
      note where the logs end
      stop php8.1-fpm
    > swap [keep-failed]
      start php8.1-fpm [restart-services]
      keep the failed release
      reload nginx
      artisan queue:restart
      service states
keep-failed touches live, after stop-services
  follow follow-keep-failed of swap
restore-files touches candidate, after verify-backup
  job restore
      restore the backup
      require what the app is served by (www-data)
      link what belongs to the environment (www-data)
install-dependencies touches candidate, after restore-files
  job composer
      take over the packages (www-data)
      composer install
rebuild-caches touches candidate, after install-dependencies
  job caches
      artisan config:cache
      artisan route:cache
      artisan view:cache
      list what was restored
restart-services touches live, after keep-failed
  follow follow-restart of swap
health-check touches live, after restart-services
  probe health
  job close
      look whether it is live still
      remember what was live
      note what is so at the end
      close the run
live changes in stop-services
job abandon
    let services run
    remove the candidate
    close the run
job close-as-failed
    let services run
    close the run
`,
	},
	{
		name: 'rollback of the frontend to a snapshot',
		pipeline: rollbackPipeline('frontend', 'snapshot'),
		is: `
verify-backup touches nothing, after nothing
  read look-back: look what there is to go back to
  lock take-lock: take the lock
  job verify-target
      settle what to go back to
      compare it with what was deployed
pre-rollback-backup touches backups, after verify-backup
  job back-up
      archive the live release behind the run
stop-pm2 touches live, after pre-rollback-backup and verify-build-id
  job swap
      remember the release to go back to
      keep the way back
      make the new link
      note where the logs end
      stop PM2
    > swap [keep-failed]
      start PM2 [start-pm2]
      keep the failed release
keep-failed touches live, after stop-pm2
  follow follow-keep-failed of swap
restore-files touches candidate, after verify-backup
verify-build-id touches candidate, after restore-files
  read restored-build-id: read BUILD_ID
  job add-chunks
      keep chunks of the build that goes
start-pm2 touches live, after keep-failed
  follow follow-start of swap
health-checks touches live, after start-pm2
  probe health
  served served
  job prove
      prove what PM2 runs
      pm2 save
  job close
      look whether it is live still
      remember what was live
      note what is so at the end
      close the run
live changes in stop-pm2
job abandon
    let PM2 run
    close the run
job close-as-failed
    let PM2 run
    close the run
`,
	},
	{
		name: 'rollback of the frontend to a backup',
		pipeline: rollbackPipeline('frontend', 'backup'),
		is: `
verify-backup touches nothing, after nothing
  read look-back: look what there is to go back to
  lock take-lock: take the lock
  job verify-target
      verify the backup
pre-rollback-backup touches backups, after verify-backup
  job back-up
      archive the live release behind the run
stop-pm2 touches live, after pre-rollback-backup and verify-build-id
  job swap
      remember the release to go back to
      keep the way back
      make the new link (root)
      note where the logs end
      stop PM2
    > swap [keep-failed]
      start PM2 [start-pm2]
      keep the failed release
keep-failed touches live, after stop-pm2
  follow follow-keep-failed of swap
restore-files touches candidate, after verify-backup
  job restore
      copy the live release (www-data)
      restore the backup
      take over the packages
      list what was restored
verify-build-id touches candidate, after restore-files
  read restored-build-id: read BUILD_ID (www-data)
  job add-chunks
      keep chunks of the build that goes
start-pm2 touches live, after keep-failed
  follow follow-start of swap
health-checks touches live, after start-pm2
  probe health
  served served
  job prove
      prove what PM2 runs
      pm2 save
  job close
      look whether it is live still
      remember what was live
      note what is so at the end
      close the run
live changes in stop-pm2
job abandon
    let PM2 run
    remove the candidate
    close the run
job close-as-failed
    let PM2 run
    close the run
`,
	},
	{
		name: 'adoption of the backend',
		pipeline: adoptPipeline('backend', 'adopt'),
		is: `
inventory touches nothing, after nothing
  read inventory: take inventory
  lock take-lock: take the lock
prepare touches candidate, after inventory
  job prepare
      prepare the first release (root)
exchange touches live, after prepare
  job exchange
      nginx -t (root)
    > exchange directory and link (root)
      reload php8.1-fpm
      reload nginx
      service states
  probe health
baseline touches nothing, after exchange
  read baseline: list and hash /var/www/qsights/.backend/releases/20260210T055341Z-adopted (www-data)
  send keep-baseline: keep the baseline manifest
  send keep-made: keep the baseline manifest
back-up touches backups, after exchange
  job back-up
      archive the live release
close touches backups, after baseline and back-up
  job close
      remove the old directory (root)
      note what is so at the end
      close the run
live changes in exchange
job abandon
    remove what was prepared (root)
    close the run
job close-as-failed
    close the run
`,
	},
	{
		name: 'undoing of the adoption of the backend',
		pipeline: adoptPipeline('backend', 'adopt-undo'),
		is: `
inventory touches nothing, after nothing
  read inventory: take inventory
  lock take-lock: take the lock
exchange touches live, after inventory
  job exchange
      nginx -t (root)
    > exchange link and directory (root)
      rebuild baked caches (www-data)
      reload php8.1-fpm
      reload nginx
      service states
  probe health
close touches backups, after exchange
  job close
      keep what was left out
      remove releases and shared (root)
      note what is so at the end
      close the run
live changes in exchange
job abandon
    rm -rf -- /var/www/qsights/.backend/undo (root)
    close the run
job close-as-failed
    close the run
`,
	},
	{
		name: 'adoption of the frontend',
		pipeline: adoptPipeline('frontend', 'adopt'),
		is: `
inventory touches nothing, after nothing
  read inventory: take inventory
  lock take-lock: take the lock
prepare touches candidate, after inventory
  job prepare
      prepare the first release (root)
exchange touches live, after prepare
  job exchange
      stop PM2
    > exchange directory and link
      start PM2
      service states
  probe health
  job save
      pm2 save
baseline touches nothing, after exchange
  read baseline: list and hash /var/www/qsights/.frontend/releases/20260210T055341Z-adopted (www-data)
  send keep-baseline: keep the baseline manifest
  send keep-made: keep the baseline manifest
back-up touches backups, after exchange
  job back-up
      archive the live release
close touches backups, after baseline and back-up
  job close
      remove the old directory (root)
      note what is so at the end
      close the run
live changes in exchange
job abandon
    let PM2 run
    remove what was prepared (root)
    close the run
    let PM2 run
job close-as-failed
    let PM2 run
    close the run
    let PM2 run
`,
	},
	{
		name: 'undoing of the adoption of the frontend',
		pipeline: adoptPipeline('frontend', 'adopt-undo'),
		is: `
inventory touches nothing, after nothing
  read inventory: take inventory
  lock take-lock: take the lock
exchange touches live, after inventory
  job exchange
      stop PM2
    > exchange link and directory
      start PM2
      service states
  probe health
  job save
      pm2 save
close touches backups, after exchange
  job close
      keep what was left out
      remove releases and shared (root)
      note what is so at the end
      close the run
live changes in exchange
job abandon
    let PM2 run
    rm -rf -- /var/www/qsights/.frontend/undo (root)
    close the run
    let PM2 run
job close-as-failed
    let PM2 run
    close the run
    let PM2 run
`,
	},
])('whole pipeline: $name', ({pipeline, is}) => {
	expect(`\n${outline(pipeline)}`).toBe(is);
});

/** Steps of production that pre-prod has not, or has otherwise; the ways out must be the same. */
const ofProduction = (app: AppName): readonly string[] => {
	const [before, now] = [deployPipeline(app), deployPipeline(app, {environment: production})];
	const known = new Set(before.steps.map(stepOutline));
	const waysOut = (text: string): string => text.slice(text.indexOf('live changes in'));
	expect(waysOut(outline(now))).toBe(waysOut(outline(before)));
	return now.steps.map(stepOutline).filter(step => !known.has(step));
};

test('whole pipeline: to production the backend has its migrations as a step of their own, before the caches', () => {
	expect(ofProduction('backend')).toEqual([
		`run-migrations touches candidate, after install-dependencies and back-up
  read migrations-before: artisan migrate:status
  read migrations-preview, when migrations are pending: artisan migrate --pretend
  prompt migrations before migrate
  job migrate, when the answer is to run them
      artisan migrate --force --no-interaction
  read migrations-after, when migrations were run: artisan migrate:status`,
		`rebuild-caches touches candidate, after run-migrations
  job caches
      artisan config:cache
      artisan route:cache
      artisan view:cache
      list what was made`,
	]);
	expect(deployPipeline('backend', {environment: production}).steps.map(({title}) => title)).toEqual([
		'Pre-flight checks',
		'Create production backup',
		'Upload files',
		'Extract files',
		'Install dependencies',
		'Run migrations',
		'Clear and optimize caches',
		'Restart services',
		'Health check',
	]);
	expect(deployPipeline('backend').steps.map(({title}) => title)).toEqual([
		'Pre-flight checks',
		'Back up',
		'Upload files',
		'Extract files',
		'Install dependencies',
		'Clear and build caches',
		'Restart services',
		'Verify',
	]);
});

test('whole pipeline: to production the frontend says what it will send before it sends', () => {
	expect(ofProduction('frontend')).toEqual([
		`deployment-package touches nothing, after verify-build-id`,
		`upload touches candidate, after deployment-package
  job copy-live
      copy the live release
  transfer upload against manifest: list and hash /var/www/qsights/.frontend/releases/20260210T055341Z-7f3a9c2 (www-data); receive files
  transfer prove against listing: list and hash /var/www/qsights/.frontend/releases/20260210T055341Z-7f3a9c2 (www-data); receive files
  job prepare
      link what belongs to the environment (www-data)
      install packages
      verify BUILD_ID
      keep chunks of earlier builds
      list what was made`,
	]);
});

test('whole pipeline: where nobody is there to ask, pending migrations are found out before anything is taken or done', () => {
	const [first] = deployPipeline('backend', {canAsk: false}).steps;
	const asked = `pre-flight-checks touches nothing, after nothing
  read ask-host: ask the host
  read ask-migrations: ask which migrations ran
  lock take-lock: take the lock`;

	expect(first && stepOutline(first)).toBe(asked);
	const [settled] = deployPipeline('backend', {canAsk: false, record: {migrate: 'skip'}}).steps;
	expect(settled?.actions.map(({id}) => id)).toEqual(['ask-host', 'take-lock']);
});

test.each(['backend', 'frontend'] as const)(
	'whole pipeline: by the policy after-deploy the backup of the %s is written behind the run, else before live changes',
	app => {
		const environment = {...preprod, backups: {...preprod.backups, policy: 'after-deploy' as const}};
		const backUp = deployPipeline(app, {environment}).steps.find(({id}) => id === 'back-up');

		expect(backUp && stepOutline(backUp)).toBe(`back-up touches backups, after pre-flight-checks
  job back-up
      archive the live release behind the run`);
	},
);

test('whole pipeline: a database snapshot is made right before migrations are run', () => {
	const {backend} = preprod.apps;
	if (!backend) throw new TypeError('the fixture has a backend');
	const snapshot: Hook = {
		id: 'rds-snapshot',
		run: ['snapshot-db', '--wait'],
		where: 'host',
		timeoutMs: 60_000,
		fails: 'stop',
		variables: [],
	};
	const apps = {
		backend: {...backend, hooks: {beforeMigrate: [snapshot, {...snapshot, id: 'look', where: 'here' as const}]}},
	};
	const {steps} = deployPipeline('backend', {environment: {...preprod, apps}});
	const actions = steps.flatMap(({actions}) => actions);
	const migrate = actions.find(({id}) => id === 'migrate');
	const ids = actions.map(({id}) => id);

	expect(ids.slice(ids.indexOf('migrations'), ids.indexOf('migrate') + 1)).toEqual([
		'migrations',
		'hook-before-migrate-rds-snapshot',
		'keep-hook-before-migrate-rds-snapshot',
		'hook-before-migrate-look',
		'keep-hook-before-migrate-look',
		'migrate',
	]);
	// Whoever drives the run on knows the answer by either: a hook that has begun was let begin by it.
	expect(actions.find(({id}) => id === 'migrations')).toMatchObject({
		job: 'migrate',
		before: ['hook-before-migrate-rds-snapshot'],
	});
	expect(migrate?.when?.holds({migrations: 'run'})).toBe(true);
	expect(migrate?.when?.holds({migrations: 'skip'})).toBe(false);
	expect(migrate?.when?.holds({})).toBe(false);
});
