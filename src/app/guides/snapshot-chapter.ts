import type {Environment} from '../../domain/environments/environment.ts';
import {draft, sentences, shellLine, shellLines, type Draft} from './blocks.ts';
import {handHost, refreshLines} from './by-hand.ts';
import {withHosts, type GuideSources} from './guide-facts.ts';

/** What the address of a database on Amazon RDS says; undefined for any other, and for a cluster. */
const rdsInstance = (address: string): {readonly id: string; readonly region: string} | undefined => {
	const [, id, region] =
		/^([a-z][a-z\d-]*)\.(?!cluster-)[a-z\d]+\.([a-z\d-]+)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(address) ?? [];
	return id === undefined || region === undefined ? undefined : {id, region};
};

const newest = `--query 'reverse(sort_by(DBSnapshots[?Status==\`available\`],&SnapshotCreateTime))`;

const restoreLines = ({id, region}: {readonly id: string; readonly region: string}): readonly string[] => {
	const at = shellLine`--region ${region}`;
	const copy = `${id}-restored`;
	const snapshots = `aws rds describe-db-snapshots ${at} ${shellLine`--db-instance-identifier ${id}`}`;
	const instance = `aws rds describe-db-instances ${at} ${shellLine`--db-instance-identifier ${id}`}`;
	return [
		`${snapshots} ${newest}[].[DBSnapshotIdentifier,SnapshotCreateTime]' --output table`,
		`SNAPSHOT=$(${snapshots} ${newest}[0].DBSnapshotIdentifier' --output text); echo "$SNAPSHOT"`,
		`SUBNETS=$(${instance} --query 'DBInstances[0].DBSubnetGroup.DBSubnetGroupName' --output text); echo "$SUBNETS"`,
		`GROUPS_OF_IT=$(${instance} --query 'DBInstances[0].VpcSecurityGroups[].VpcSecurityGroupId' --output text); echo "$GROUPS_OF_IT"`,
		`aws rds restore-db-instance-from-db-snapshot ${at} ${shellLine`--db-instance-identifier ${copy}`} --db-snapshot-identifier "$SNAPSHOT" --db-subnet-group-name "$SUBNETS" --vpc-security-group-ids $GROUPS_OF_IT`,
		`aws rds wait db-instance-available ${at} ${shellLine`--db-instance-identifier ${copy}`}`,
		`aws rds describe-db-instances ${at} ${shellLine`--db-instance-identifier ${copy}`} --query 'DBInstances[0].Endpoint.Address' --output text`,
	];
};

const withoutCockpit = (environment: Environment): readonly string[] => {
	const {backend} = environment.apps;
	if (!backend) return [];
	return [
		shellLine`sudo nano ${`${backend.path}/.env`}`,
		shellLine`sudo -u ${backend.owner} ${backend.php} ${`${backend.path}/artisan`} config:cache`,
		...refreshLines(backend),
	];
};

/** A database as it was when a snapshot was taken. Source: workflow, "Rollback Protection". */
export const snapshotDrafts = ({environments}: GuideSources): readonly Draft[] => [
	draft(
		2,
		'4.7 Restore a database snapshot',
		sentences(
			'Only when data is damaged. Everything that was saved after the snapshot is lost to users once the app uses the restored database: say so before, and keep the old one.',
			'A snapshot is restored to a new instance beside the old one; then DB_HOST is pointed at it.',
			'Where a hook took a snapshot before a migration, its name is kept with the backup of that run: cockpit backups list.',
		),
	),
	...withHosts(environments)
		.filter(({apps}) => apps.backend !== undefined)
		.map((environment, index) => {
			const {database, title, name} = environment;
			const rds = rdsInstance(database.host);
			return draft(
				3,
				`4.7.${index + 1} ${title}`,
				sentences(`Database: ${[database.host, database.name].filter(Boolean).join(', ')}.`),
				...(rds
					? [
							sentences('The second line takes the newest snapshot; name the one you want in its place.'),
							shellLines('here', restoreLines(rds)),
						]
					: [
							sentences(
								'It is no single instance on Amazon RDS: restore it by its own backups, or in the console of your cloud, beside the old one.',
							),
						]),
				sentences('Then point the app at the address that was printed:'),
				shellLines('here', [shellLine`cockpit env set DB_HOST --env ${name}`]),
				sentences('Without the cockpit, on the host:'),
				shellLines(handHost(environment), withoutCockpit(environment)),
			);
		}),
];
