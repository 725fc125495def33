/**
 * Whether the database answers, told by a connection that asks several times a second. A connection whose other end is gone says nothing:
 * without this, whoever uses it waits for as long as the kernel tries. When the database falls silent, all connections are cut, so that
 * their requests fail at once, and new ones fail at once until it answers again. A statement may take its time meanwhile.
 */
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type History, identify } from './history.ts';

/** Waits are counted in ticks: while this process itself is held up, none passes. */
const TICK_MS = 100;
const SILENCE_TICKS = 12;
const CONNECT_TICKS = 15;
/** Between two questions, and between two tries to connect. */
const EVERY_MS = 250;
const RETRY_MS = 100;
const FAREWELL_MS = 500;

class Silence extends Error {}

/** What a new connection fails with while the database does not answer. */
class NotAnswering extends Error {
  readonly code = 'ETIMEDOUT';
}

export class Liveness {
  readonly #config: pg.ClientConfig;
  readonly #history: History;
  readonly #sockets = new Set<Socket>();
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  /** Bytes that came by connections that are gone. */
  #heardBefore = 0;
  #answers = true;

  constructor(config: pg.ClientConfig, history: History) {
    this.#config = config;
    this.#history = history;
    this.#watching = this.#watch();
  }

  /** The same configuration, for connections that are cut when the database falls silent, and led to where all others lead. */
  watched(config: pg.PoolConfig): pg.PoolConfig {
    return { ...config, stream: () => this.#socket(), verify: (client, done) => void this.#verify(client, done) };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  #socket(): Socket {
    const socket = this.#track(new Socket());
    if (this.#answers) return socket;
    socket.connect = () => {
      setImmediate(() => socket.destroy(new NotAnswering('the database does not answer'))); // others get their turn
      return socket;
    };
    return socket;
  }

  #track(socket: Socket): Socket {
    let connected = false;
    const broke = () => {
      if (connected && !socket.writableEnded) this.#history.broke();
    };
    this.#sockets.add(socket);
    socket.once('connect', () => {
      connected = true;
    });
    socket.once('end', broke).once('error', broke);
    socket.once('close', () => {
      if (this.#sockets.delete(socket)) this.#heardBefore += socket.bytesRead;
    });
    return socket;
  }

  async #verify(client: pg.ClientBase, done: (error?: Error) => void): Promise<void> {
    try {
      const identity = await identify(client);
      if (this.#history.meet(identity)) return done();
      this.#cut();
      done(new NotAnswering('the database is another one than before'));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends all connections: what they were asked will not be answered, or not by the database that there is now. */
  #cut(): void {
    this.#history.broke();
    for (const socket of this.#sockets) socket.destroy(new NotAnswering('the database fell silent'));
  }

  async #watch(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const socket = this.#track(new Socket());
      const client = new pg.Client({ ...this.#config, stream: () => socket, application_name: 'mortise liveness' });
      client.on('error', () => {}); // the question under way fails and tells
      try {
        await this.#ask(CONNECT_TICKS, () => client.connect());
        await this.#keepAsking(client);
        await Promise.race([client.end(), sleep(FAREWELL_MS)]);
      } catch (error) {
        this.#answers = !(error instanceof Silence);
        if (error instanceof Silence) this.#cut();
      } finally {
        socket.destroy();
      }
      await this.#pause(RETRY_MS);
    }
  }

  async #keepAsking(client: pg.Client): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const identity = await this.#ask(SILENCE_TICKS, () => identify(client));
      this.#answers = true;
      if (!this.#history.meet(identity)) return this.#cut();
      await this.#pause(EVERY_MS);
    }
  }

  /** Throws `Silence` when nothing comes within so many ticks, on other connections neither for the second half of them. */
  async #ask<T>(ticks: number, question: () => Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    let passed = 0;
    let heard = 0;
    const timer = setInterval(() => {
      passed += 1;
      if (passed === Math.ceil(ticks / 2)) heard = this.#heard();
      if (passed >= ticks)
        reject(heard === this.#heard() ? new Silence('the database says nothing') : new Error('this connection is dead'));
    }, TICK_MS);
    const closed = () => reject(new Error('no longer asked'));
    this.#closing.signal.addEventListener('abort', closed, { once: true });
    try {
      return await Promise.race([question(), promise]);
    } finally {
      clearInterval(timer);
      this.#closing.signal.removeEventListener('abort', closed);
    }
  }

  #heard(): number {
    return [...this.#sockets].reduce((sum, { bytesRead }) => sum + bytesRead, this.#heardBefore);
  }

  /** Shorter when it is closed. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
