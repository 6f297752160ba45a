import type {Result} from '../domain/checklist/sign-off.ts';
import type {ChecklistPlace} from '../store/checklist/checklist.ts';
import type {OutputRing} from '../store/runs/output-ring.ts';
import type {RollbackChoice} from '../store/rollback/rollback-review.ts';
import type {DeployChoice} from '../store/deploy/wizard.ts';

/** What keys may ask of the use cases. Every method returns at once; what comes of it arrives in the store. */
export type CockpitController = {
	/** Begins polling and the clock. */
	readonly start: () => void;
	/** Stops polling and closes connections; a run under way is left to be resumed. */
	readonly stop: () => Promise<void>;
	/** Asks all hosts again now. */
	readonly refresh: () => void;
	/** Goes to the review of a deploy and fetches what it shows. */
	readonly review: (choice: DeployChoice) => void;
	/** Goes on from the review to the words, or to what a closed gate asks for. */
	readonly goOn: () => void;
	/** Signs the reviewed build for promotion, as whoever sits here, and reviews it again; says why when it can't be. */
	readonly approve: () => void;
	/** Starts the reviewed deploy when the typed word is exact; says why not otherwise. */
	readonly confirm: () => void;
	/** Opens the gate of a rollback and fetches what it shows. */
	readonly openRollback: (choice: RollbackChoice) => void;
	/** Starts the rollback the gate shows when its word is exact; any other word closes the gate. */
	readonly confirmRollback: () => void;
	/** Goes to the backups and asks their host for them. */
	readonly openBackups: () => void;
	/** Asks again for the backups on screen. */
	readonly refreshBackups: () => void;
	/** Reads a backup through to its end; what is found appears in the list. */
	readonly verifyBackup: (name: string) => void;
	/** Keeps a backup from being removed, or no longer. */
	readonly pinBackup: (name: string) => void;
	/** Finds out how a backup differs from live. */
	readonly compareBackup: (name: string) => void;
	/** Goes to the history of all ledgers. */
	readonly openHistory: () => void;
	/** Holds every ledger against what others have seen of it. */
	readonly verifyHistory: () => void;
	/** Shows the log of the run under the cursor, where this machine has one. */
	readonly openRunLog: () => void;
	/** Writes the lines on screen to a file in the current directory. */
	readonly exportHistory: () => void;
	/** Goes to the checklist of what is tested, to what is named of it; it is read as long as it is open. */
	readonly openChecklist: (at?: ChecklistPlace) => void;
	/** Records a result on an item, or asks first for what it needs: a value, a note, or that it was tested again. */
	readonly signItem: (item: string, result: Result) => void;
	/** Takes what was typed as the answer; says why when it says too little. */
	readonly giveAnswer: () => void;
	/** Takes back one's own last result on an item; leads to the last one answered here when there is none on it. */
	readonly undoItem: (item: string) => void;
	/** Runs the probe of an item and records what it saw. */
	readonly runItemProbe: (item: string) => void;
	/** Writes the checklist with its evidence into a file, and says where. */
	readonly exportChecklist: () => void;
	/** Cancels the run before the swap; answers with a reason when it is too late. */
	readonly cancelRun: () => string | undefined;
	/** Answers a question of the run; says why when it can't be answered so. */
	readonly answerPrompt: (prompt: string, choice: string) => void;
	/** Stops driving the run; the job under way ends on its host. */
	readonly leaveRun: () => void;
	/** Drives on a run this machine, or another one, has left. */
	readonly resume: (run: string) => void;
	/** Tries a lost connection again now. */
	readonly reconnect: () => void;
	/** The run's last output. */
	readonly output: OutputRing;
};
