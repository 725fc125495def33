import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../src/lib/must.ts';
import { newSecret } from '../src/lib/secret.ts';
import { StartError } from '../src/lib/start-error.ts';

const FILE = 'demo.jsonl';
const ADMIN_KEY = 'admin key';

/**
 * What of the world has been made: a line for each step, with the id or the secret that came of it. A run that is cut off goes on
 * behind the last line, and one on a finished world has nothing left to do. Holds the demo's keys, so it is for its owner only.
 */
export class Journal {
  readonly #file: string;
  readonly #results: Map<string, string>;

  private constructor(file: string) {
    this.#file = file;
    this.#results = new Map(wholeLines(file).map((line) => JSON.parse(line) as [string, string]));
  }

  /** Opens the journal in the data directory, or begins one where there is no database yet. Throws `StartError` on data of others. */
  static open(dataDir: string): Journal {
    const file = join(dataDir, FILE);
    if (!existsSync(file)) begin(dataDir, file);
    const journal = new Journal(file);
    if (journal.result(ADMIN_KEY) === undefined) journal.add(ADMIN_KEY, newSecret('sec'));
    return journal;
  }

  /** The platform admin's key on this data directory. */
  get adminKey(): string {
    return must(this.result(ADMIN_KEY), 'a journal opens with the admin key');
  }

  /** The id or secret that came of a step, `''` where there is none; undefined when the step is still to be done. */
  result(step: string): string | undefined {
    return this.#results.get(step);
  }

  add(step: string, result: string): void {
    this.#results.set(step, result);
    appendFileSync(this.#file, `${JSON.stringify([step, result])}\n`);
  }
}

function begin(dataDir: string, file: string): void {
  if (existsSync(join(dataDir, 'postgres'))) throw notADemo(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, '', { mode: 0o600 });
}

/** A line without its end was cut off; left there, it would spoil the next one. */
function wholeLines(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) truncateSync(file, Buffer.byteLength(whole));
  return whole.split('\n').slice(0, -1);
}

const notADemo = (dataDir: string): StartError =>
  new StartError(
    `MORTISE_DATA_DIR ${dataDir} holds data that is not the demo's: name an empty or missing directory, or unset it for ./.mortise-demo.`,
  );
