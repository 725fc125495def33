import { Worker } from 'node:worker_threads';

interface Job {
  readonly resolve: (output: never) => void;
  readonly reject: (cause: Error) => void;
}

/** What the thread answers: what the work gave, or what it threw. */
export interface Done {
  readonly id: number;
  readonly output?: unknown;
  readonly failure?: Error;
}

/** What the thread is asked: the module whose default export does the work, and what it gets. */
export interface Order {
  readonly id: number;
  readonly module: string;
  readonly input: unknown;
}

/**
 * A thread for work that takes long in one piece and cannot well be cut, such as merging two large documents: the event loop goes on
 * meanwhile. One piece at a time, in the order in which they come. The thread is started when it is first needed.
 */
class Aside {
  #thread: Worker | null = null;
  readonly #jobs = new Map<number, Job>();
  #last = 0;

  run<I, O>(module: URL, input: I): Promise<O> {
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    this.#jobs.set(id, { resolve, reject });
    const thread = this.#start();
    thread.ref();
    thread.postMessage({ id, module: module.href, input } satisfies Order);
    return promise;
  }

  #start(): Worker {
    if (this.#thread !== null) return this.#thread;
    const thread = new Worker(new URL('aside-thread.ts', import.meta.url));
    thread.on('message', (done: Done) => this.#settle(done));
    thread.on('error', (cause: Error) => this.#lose(thread, cause));
    thread.on('exit', (code) => this.#lose(thread, new Error(`the thread beside the event loop ended with ${code}`)));
    this.#thread = thread;
    return thread;
  }

  #settle({ id, output, failure }: Done): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (this.#jobs.size === 0) this.#thread?.unref();
    if (failure === undefined) job?.resolve(output as never);
    else job?.reject(failure);
  }

  /** The thread ended, as when it has no memory left. Whoever waits is told; the next one who comes gets a new thread. */
  #lose(thread: Worker, cause: Error): void {
    if (this.#thread !== thread) return;
    this.#thread = null;
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const { reject } of jobs) reject(cause);
  }
}

const THREAD = new Aside();

/** Runs the default export of a module on the thread. What goes in and comes out is copied: texts cheaply, trees not. */
export const aside = <I, O>(module: URL, input: I): Promise<O> => THREAD.run(module, input);
