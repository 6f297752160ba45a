/** A script as it was read. */
export type ScriptFile = {
	/** Absolute path of the file itself, behind all links. */
	readonly path: string;
	/** Its content, one character a byte. */
	readonly text: string;
	/** Whether the path that was asked for is a link to it. */
	readonly isLink: boolean;
	/** Other names of the same file: hard links, what is kept of it among them. */
	readonly otherNames: number;
	/** Permission bits. */
	readonly mode: number;
	/** What tells this file, as it is, from any other and from itself later. */
	readonly state: string;
};

/** A copy of a script beside it. */
export type ScriptBackup = {
	readonly path: string;
	/** One character a byte. Undefined: it can't be read. */
	readonly text: string | undefined;
	readonly mode: number;
	/** Another name of the script itself, as an attempt leaves it that was killed. */
	readonly isSameFile: boolean;
};

/**
 * Scripts of this machine. Each call throws DeployError `blocked`, whose `why` is what keeps it from being done; nothing
 * is changed then.
 */
export interface ScriptFiles {
	/** A plain file that may be read and written, by any path to it. */
	read(path: string): Promise<ScriptFile>;
	/** Whatever is called `NAME.backup`, `NAME.backup.2` and so on, in this order, up to the first name that is free. */
	backupsOf(script: ScriptFile): Promise<readonly ScriptBackup[]>;
	/**
	 * Puts `text` into the place of the script in one step, with its mode, owner and group; the file as it was, with all
	 * that belongs to it, is then called `backup`. Where the file has other names as well, that is a copy with its mode,
	 * owner and times: an edit by one of these names must not change what is kept.
	 */
	replace(script: ScriptFile, text: string, backup: string): Promise<void>;
	/**
	 * Puts the backup into the place of the script in one step, with its mode but for what was taken from that of the
	 * script since; there is no backup by this name then.
	 */
	restore(script: ScriptFile, backup: string): Promise<void>;
}
