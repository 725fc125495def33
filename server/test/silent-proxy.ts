import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type pg from 'pg';
import { must } from '../src/lib/must.ts';

/** A way to PostgreSQL that can go silent, as a cut cable does: nothing passes any more, and nobody is told. */
export class SilentProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #silent = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `target`: where PostgreSQL is; asked for each new connection. */
  static async start(target: () => pg.ClientConfig): Promise<SilentProxy> {
    const server = createServer({ pauseOnConnect: true });
    const proxy = new SilentProxy(server);
    server.on('connection', (client) => proxy.#join(client, target()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** How to connect through it. */
  through(connection: pg.ClientConfig): pg.ClientConfig {
    const address = this.#server.address();
    const port = typeof address === 'object' ? must(address, 'it listens').port : 0;
    if (connection.connectionString === undefined) return { ...connection, host: '127.0.0.1', port };
    const url = new URL(connection.connectionString);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(port);
    return { ...connection, connectionString: url.href };
  }

  /** Connections that there are lead nowhere from now on; new ones neither, until `mend`. */
  cut(): void {
    this.#silent = true;
    this.cutThoseThatAre();
  }

  /** The same for connections that there are; new ones pass. */
  cutThoseThatAre(): void {
    for (const [client, server] of this.#pairs) {
      client.unpipe().pause();
      server.unpipe().destroy(); // whoever sent something meanwhile is not told
      client.removeAllListeners('close');
    }
  }

  /** New connections pass again. Those of before stay dead. */
  mend(): void {
    this.#silent = false;
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, target: pg.ClientConfig): void {
    client.on('error', () => {}); // it is gone: `close` tells
    const server = this.#silent ? null : connectTo(target);
    if (server === null) {
      this.#pairs.add([client, client]);
      return;
    }
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    server.on('error', () => client.destroy());
    client.pipe(server).pipe(client);
    client.resume();
    client.once('close', () => server.destroy());
  }
}

function connectTo(target: pg.ClientConfig): Socket {
  const url = target.connectionString === undefined ? null : new URL(target.connectionString);
  const host = url === null ? String(target.host) : (url.searchParams.get('host') ?? url.hostname);
  const port = url === null ? Number(target.port) : Number(url.port || 5432);
  return host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
}
