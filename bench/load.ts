/**
 * A light HTTP client: on a machine that server, database and client share, what the client costs is missing in what the server shows.
 * GETs over kept connections, each the next when the last is answered, in turn. Answers are measured and counted, not looked at.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { must } from '../server/src/lib/must.ts';
import { percentile } from './measure.ts';

/** What a load showed. Milliseconds. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200. */
  readonly errors: number;
}

/** A request: where, and with which headers. */
export interface Get {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks one server over `connections` connections for `seconds`, after a while in which plans and code get warm. */
export async function load(gets: readonly Get[], connections: number, seconds: number): Promise<Load> {
  const requests = gets.map(requestOf);
  const { url } = must(gets[0], 'something is asked');
  const open = await Promise.all(Array.from({ length: connections }, () => connectTo(new URL(url))));
  await run(open, requests, Math.min(2, seconds / 2));
  const { times, errors, elapsed } = await run(open, requests, seconds);
  for (const { socket } of open) socket.destroy();
  times.sort((a, b) => a - b);
  return { perSecond: times.length / elapsed, p50: percentile(times, 0.5), p99: percentile(times, 0.99), errors };
}

function requestOf({ url, headers }: Get): Buffer {
  const { pathname, search, host } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

/** A connection, and who hears what arrives on it. All that arrives goes through one buffer: none is kept. */
interface Connection {
  readonly socket: Socket;
  onData: (chunk: Buffer) => void;
}

async function connectTo({ hostname, port }: URL): Promise<Connection> {
  const buffer = Buffer.allocUnsafe(256 * 1024);
  const onData = (size: number): boolean => {
    connection.onData(buffer.subarray(0, size));
    return true;
  };
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback: onData } });
  const connection: Connection = { socket, onData: () => {} };
  await once(socket, 'connect');
  return connection;
}

async function run(connections: readonly Connection[], requests: readonly Buffer[], seconds: number) {
  const times: number[] = [];
  let errors = 0;
  let turn = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const keepAsking = async (connection: Connection) => {
    for (let start = performance.now(); start < end; start = performance.now()) {
      const status = await ask(connection, must(requests[turn++ % requests.length], 'something is asked'));
      times.push(performance.now() - start);
      if (status !== 200) errors += 1;
    }
  };
  await Promise.all(connections.map(keepAsking));
  return { times, errors, elapsed: (performance.now() - started) / 1000 };
}

/** Sends the request and reads its answer to the end. Gives its status. */
function ask(connection: Connection, request: Buffer): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { socket } = connection;
  let status = 0;
  let missing = Number.NaN;
  connection.onData = (chunk) => {
    if (status === 0) ({ status, missing } = headOf(chunk));
    else missing -= chunk.length;
    if (missing > 0) return;
    stopListening();
    if (missing === 0) resolve(status);
    else reject(new Error('the answer has no length, or another one than it says'));
  };
  const onClose = () => reject(new Error('the server closed the connection'));
  const stopListening = () => socket.off('close', onClose).off('error', reject);
  socket.on('close', onClose).on('error', reject);
  socket.write(request);
  return promise;
}

/** Status, and how much of the body is not in this chunk. */
function headOf(chunk: Buffer): { status: number; missing: number } {
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.NaN);
  return { status: Number(head.slice(9, 12)), missing: length - (chunk.length - end - 4) };
}
