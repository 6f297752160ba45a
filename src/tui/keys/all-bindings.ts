import {rollbackKeys} from '../dialogs/rollback-keys.ts';
import {valueChangeKeys} from '../dialogs/value-change-keys.ts';
import {dialogKeys} from '../dialogs/keys.ts';
import {backupsKeys} from '../screens/backups/keys.ts';
import {checklistKeys} from '../screens/checklist/keys.ts';
import {deployKeys} from '../screens/deploy/keys/deploy-keys.ts';
import {environmentsKeys} from '../screens/environments/keys.ts';
import {guidesKeys} from '../screens/guides/keys.ts';
import {healthKeys} from '../screens/health/keys.ts';
import {historyKeys} from '../screens/history/keys.ts';
import {logsKeys} from '../screens/logs/keys.ts';
import {overviewKeys} from '../screens/overview/keys.ts';
import type {Binding} from './binding.ts';
import {globalKeys} from './global-keys.ts';

/** Every key there is. Footer, help, palette and docs/keys.md are projections of this list. */
export const allBindings: readonly Binding[] = [
	...dialogKeys(() => allBindings),
	...overviewKeys,
	...checklistKeys,
	...deployKeys,
	...backupsKeys,
	...healthKeys,
	...historyKeys,
	...logsKeys,
	...environmentsKeys,
	...guidesKeys,
	...rollbackKeys,
	...valueChangeKeys,
	...globalKeys,
];
