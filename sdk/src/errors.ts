/** One fault in what was sent. `pointer`: RFC 6901 into the body, or `query:<name>`, `path:<name>`, `header:<name>`. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
  /** Stable name of the fault, where there are several kinds. */
  readonly code?: string;
}

/** The members that every problem has (RFC 9457, and Mortise's own). Further ones are its facts. */
interface ProblemMembers {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly Fault[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The server refused a request, or could not answer it. The message is the problem's `detail`, fit to be shown. */
export class MortiseError extends Error {
  readonly status: number;
  /** Stable name of the error, such as `already_installed`; every code has a page at `/docs/errors/<code>`. */
  readonly code: string;
  readonly title: string;
  /** What happened this time, and what to do next. */
  readonly detail: string;
  /** What the server's log knows this request by; empty when something in between answered. */
  readonly requestId: string;
  /** Every fault found in the input. */
  readonly errors: readonly Fault[];
  /** Further members of the problem, such as `installId`. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: ProblemMembers) {
    super(problem.detail);
    this.name = 'MortiseError';
    this.status = status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
    this.errors = problem.errors;
    this.facts = problem.facts;
  }
}

/** No answer came: no server there, or the connection broke. `cause` says why. */
export class UnreachableError extends Error {
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`No answer from ${url} (${reasonOf(cause)}).`, { cause });
    this.name = 'UnreachableError';
    this.url = url;
  }
}

/** The error that an answer of this status and body stands for. What is not a problem of Mortise has the code `not_mortise`. */
export function errorOf(status: number, body: string, url: string): MortiseError {
  const problem = objectIn(body);
  const code = problem?.code;
  if (problem === null || typeof code !== 'string') return new MortiseError(status, foreignAnswer(status, url));
  const { type, title, status: _status, detail, instance, code: _code, requestId, errors, ...facts } = problem;
  return new MortiseError(status, {
    code,
    title: textOf(title),
    detail: textOf(detail),
    requestId: textOf(requestId),
    errors: Array.isArray(errors) ? errors.filter(isFault) : [],
    facts,
  });
}

const foreignAnswer = (status: number, url: string): ProblemMembers => ({
  code: 'not_mortise',
  title: 'Not an answer of Mortise',
  detail: `${url} answered ${status}, but not as a Mortise server does: check the URL, and what stands between.`,
  requestId: '',
  errors: [],
  facts: {},
});

function objectIn(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isFault = (value: unknown): value is Fault =>
  isObject(value) && typeof value.pointer === 'string' && typeof value.message === 'string';
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** fetch hides the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || codeOf(error);
}

/** Node joins the failures of several addresses into one error without a message. */
const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.name);
