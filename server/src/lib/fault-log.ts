import { type ErrorCode, type Fault, Problem } from './errors.ts';

/** Where a list's parameters came from, which decides how a fault names its place. */
export type Source = 'query' | 'body';

/** As many faults as one answer names; who has more wrong corrects these first. */
const MAX_FAULTS = 100;

/** Collects everything that is wrong with a list request, so that all of it is told at once. */
export class FaultLog {
  readonly #source: Source;
  readonly #parameter: string;
  readonly #faults: (Fault & { code: ErrorCode })[];

  constructor(source: Source, parameter = '', faults: (Fault & { code: ErrorCode })[] = []) {
    this.#source = source;
    this.#parameter = parameter;
    this.#faults = faults;
  }

  /** The same log, for the insides of one parameter. */
  of(parameter: string): FaultLog {
    return new FaultLog(this.#source, parameter, this.#faults);
  }

  /** `at`: JSON pointer inside the parameter. In a query string the place is `query:<name>`, and the message tells the rest. */
  add(code: ErrorCode, at: string, message: string): void {
    if (this.#faults.length === MAX_FAULTS) return;
    if (this.#source === 'body') this.#faults.push({ code, pointer: `/${this.#parameter}${at}`, message });
    else this.#faults.push({ code, pointer: `query:${this.#parameter}`, message: at === '' ? message : `at ${at} ${message}` });
  }

  /** Throws when anything was wrong; the first fault gives the problem's code. */
  done(): void {
    const [first] = this.#faults;
    if (first === undefined) return;
    const detail = this.#faults.map(({ pointer, message }) => `${pointer} ${message}.`).join(' ');
    throw new Problem(first.code, detail, { faults: this.#faults.map(({ pointer, message }) => ({ pointer, message })) });
  }
}
