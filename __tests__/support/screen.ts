import {type IPty, spawn} from '@lydell/node-pty';
import xterm, {type IBufferCell, type Terminal} from '@xterm/headless';
import {keyBytes} from './key-bytes.ts';

/** One cell as drawn. Colours are numbers of the sixteen, undefined for the default. */
export type Cell = {
	readonly text: string;
	readonly foreground: number | undefined;
	readonly background: number | undefined;
	readonly isBold: boolean;
	readonly isDim: boolean;
	readonly isInverse: boolean;
};

export type ScreenOptions = {
	readonly command: string;
	readonly args?: readonly string[];
	readonly columns?: number;
	readonly rows?: number;
	/** The whole environment of the process: nothing is inherited. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly cwd?: string;
};

export type Exit = {readonly code: number; readonly signal: number};

/** A program in a pseudo-terminal, and what its terminal shows. */
export class Screen implements AsyncDisposable {
	readonly #pty: IPty;
	readonly #terminal: Terminal;
	readonly #looks = new Set<() => void>();
	readonly #output: Buffer[] = [];
	#unparsed = 0;
	#exit: Exit | undefined;
	/** Bytes that were sent to the program, what its terminal answers included. */
	sent = 0;
	/** Bytes the program has written. */
	bytes = 0;
	/** Frames the program has drawn, told by the marks around each. */
	frames = 0;
	/** `performance.now()` of the last bytes the program wrote. */
	lastWriteAt = 0;
	readonly exit: Promise<Exit>;

	constructor({command, args = [], columns = 120, rows = 40, env = {}, cwd = '/'}: ScreenOptions) {
		this.#terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 2000});
		this.#pty = spawn(command, [...args], {
			name: env['TERM'] ?? 'xterm-256color',
			cols: columns,
			rows,
			cwd,
			env: {...env},
			encoding: null,
		});
		const exit = Promise.withResolvers<Exit>();
		this.exit = exit.promise;
		// With encoding null the bytes come as a Buffer, whatever the type says.
		this.#pty.onData(data => this.#parse(data as unknown as Buffer));
		this.#pty.onExit(({exitCode, signal = 0}) => {
			this.#exit = {code: exitCode, signal};
			exit.resolve(this.#exit);
			this.#look();
		});
		this.#terminal.onData(answer => this.sendBytes(answer));
	}

	get pid(): number {
		return this.#pty.pid;
	}

	get columns(): number {
		return this.#terminal.cols;
	}

	get rows(): number {
		return this.#terminal.rows;
	}

	/** Everything written so far, as it came. */
	get raw(): string {
		return Buffer.concat(this.#output).toString('utf8');
	}

	get isAlternate(): boolean {
		return this.#terminal.buffer.active.type === 'alternate';
	}

	get isPasteBracketed(): boolean {
		return this.#terminal.modes.bracketedPasteMode;
	}

	/** Told by the last word about it, since the emulator keeps it to itself. */
	get isCursorVisible(): boolean {
		const {raw} = this;
		return raw.lastIndexOf('\u001B[?25h') >= raw.lastIndexOf('\u001B[?25l');
	}

	/** Line `n` from 0, without the spaces at its end. */
	line(n: number): string {
		const {active} = this.#terminal.buffer;
		return active.getLine(active.baseY + n)?.translateToString(true) ?? '';
	}

	get lines(): readonly string[] {
		return Array.from({length: this.rows}, (_, index) => this.line(index));
	}

	text(): string {
		return this.lines.join('\n');
	}

	cell(x: number, y: number): Cell {
		const {active} = this.#terminal.buffer;
		const cell = active.getLine(active.baseY + y)?.getCell(x);
		if (!cell) throw new RangeError(`no cell ${x},${y} on ${this.columns}x${this.rows}`);
		return describe(cell);
	}

	/** Sends keys one write each: names of the bindings (`enter`, `ctrl-c`), or text as it is. */
	send(...keys: readonly string[]): void {
		for (const key of keys) this.sendBytes(keyBytes(key));
	}

	/** Sends text or bytes in one write. */
	sendBytes(data: string | Uint8Array): void {
		if (this.#exit) return;
		const bytes = Buffer.from(data);
		this.sent += bytes.length;
		// The type knows only text; the stream behind it takes both.
		this.#pty.write(bytes as unknown as string);
	}

	resize(columns: number, rows: number): void {
		if (this.#exit) return;
		this.#terminal.resize(columns, rows);
		this.#pty.resize(columns, rows);
	}

	kill(signal: NodeJS.Signals): void {
		if (!this.#exit) process.kill(this.pid, signal);
	}

	/** Resolves when the screen shows `wanted`; looks at every frame. Rejects with the picture. */
	async waitFor(
		wanted: string | RegExp | ((screen: Screen) => boolean),
		{within = 30_000}: {readonly within?: number} = {},
	): Promise<void> {
		const isThere = (): boolean =>
			typeof wanted === 'function'
				? wanted(this)
				: typeof wanted === 'string'
					? this.text().includes(wanted)
					: wanted.test(this.text());
		const {promise, resolve, reject} = Promise.withResolvers<void>();
		const fail = (why: string): void => reject(new Error(`${why} before ${String(wanted)}:\n${this.text()}`));
		const look = (): void => {
			if (isThere()) resolve();
			else if (this.#exit && this.#unparsed === 0)
				fail(`the program ended with ${this.#exit.code}, signal ${this.#exit.signal},`);
		};
		const deadline = setTimeout(() => fail(`${within} ms went by`), within);
		this.#looks.add(look);
		look();
		try {
			await promise;
		} finally {
			clearTimeout(deadline);
			this.#looks.delete(look);
		}
	}

	/** Calls back after every change of the screen until the returned function is called. */
	onChange(listener: () => void): () => void {
		this.#looks.add(listener);
		return () => void this.#looks.delete(listener);
	}

	/** The exit, once everything written before it is on the screen. */
	async ended(options?: {readonly within?: number}): Promise<Exit> {
		await this.waitFor(() => this.#exit !== undefined && this.#unparsed === 0, options);
		return this.exit;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.kill('SIGKILL');
		await this.exit;
		this.#terminal.dispose();
	}

	#parse(data: Buffer): void {
		this.#output.push(data);
		this.bytes += data.length;
		this.lastWriteAt = performance.now();
		this.frames += data.toString('latin1').split('\u001B[?2026l').length - 1;
		this.#unparsed += 1;
		this.#terminal.write(data, () => {
			this.#unparsed -= 1;
			this.#look();
		});
	}

	/** Not in the middle of a frame: half of one is nothing anybody sees. */
	#look(): void {
		if (this.#terminal.modes.synchronizedOutputMode && !this.#exit) return;
		for (const look of this.#looks) look();
	}
}

const describe = (cell: IBufferCell): Cell => ({
	text: cell.getChars(),
	foreground: cell.isFgPalette() ? cell.getFgColor() : undefined,
	background: cell.isBgPalette() ? cell.getBgColor() : undefined,
	isBold: cell.isBold() !== 0,
	isDim: cell.isDim() !== 0,
	isInverse: cell.isInverse() !== 0,
});

/** Runs a program in a terminal of its own. Killed when disposed of. */
export const openScreen = (options: ScreenOptions): Screen => new Screen(options);
