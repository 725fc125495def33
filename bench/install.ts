/** `npm run bench:install`: installs of 10 to 10,000 members, against the bare inserts of the same rows. See README.md. */
import { parseArgs } from 'node:util';
import type { IntegrationInstall } from '@mortise/sdk/resources';
import { markdown, median, save, timed } from './measure.ts';
import { installBare } from './members/bare-install.ts';
import { besides, type Waits } from './members/bystander.ts';
import { checkInstall } from './members/clones.ts';
import { rowsLike } from './members/install-rows.ts';
import { Publisher } from './members/publisher.ts';
import { type Running, Stage, type Tenant } from './members/stage.ts';
import { type Peaks, watchMemory } from './memory.ts';

const { values: options } = parseArgs({
  options: { sizes: { type: 'string', default: '10,100,1000,10000' }, repeat: { type: 'string', default: '3' } },
});
const sizes = options.sizes.split(',').map(Number);
const repeat = Number(options.repeat);
/** Small installs are over so soon that they are repeated more often. */
const ROUNDS = 15;

interface Published {
  readonly size: number;
  readonly integrationId: string;
  readonly seconds: number;
}

/** Seconds: medians over all rounds. */
interface Row {
  readonly members: number;
  readonly publish: number;
  readonly install: number;
  readonly bare: number;
  readonly ratio: number;
  readonly statements: number;
  readonly peakMb: Peaks;
  readonly bystander: Waits;
}

let tenants = 0;
const tell = (line: string): void => console.error(line);
const stage = await Stage.open();
try {
  const { publisher, published } = await publish();
  const rows: Row[] = [];
  for (const each of published) rows.push(await measure(each, publisher));
  print(rows);
  await save('install', { sizes, repeat, rows });
} finally {
  await stage.close();
}

/** In a process of its own, so that its memory counts for no install. */
async function publish(): Promise<{ publisher: Tenant; published: Published[] }> {
  const running = await stage.start();
  const tenant = await running.tenant('publisher');
  const published: Published[] = [];
  for (const size of sizes) {
    const publisher = new Publisher(running.as(tenant), tenant, size);
    await publisher.draft(running.owner);
    const { seconds } = await timed(() => publisher.publish());
    await publisher.unlist();
    published.push({ size, integrationId: publisher.id, seconds });
    tell(`${size} members: published in ${seconds.toFixed(2)} s`);
  }
  await running.owner.query('vacuum analyze');
  await running.stop();
  return { publisher: tenant, published };
}

/** The server's installs and the bare ones take turns, each in a workspace of its own. */
async function measure({ size, integrationId, seconds: publishing }: Published, publisher: Tenant): Promise<Row> {
  const running = await stage.start();
  const memory = watchMemory(running.server.pid, stage.dataDir);
  const ours: number[] = [];
  const bare: number[] = [];
  let statements = 0;
  for (let round = 0; round < (size < 1_000 ? ROUNDS : repeat); round++) {
    const tenant = await buyer(running);
    const before = await running.server.statements();
    const { seconds, result } = await timed(() => install(running, integrationId, tenant));
    statements = (await running.server.statements()) - before;
    ours.push(seconds);
    await checkInstall(running.owner, result.id, result.integrationVersionId, size);
    bare.push(await bareInstall(running, result, size));
  }
  const url = `${running.server.url}/api/integrations/${integrationId}`;
  const tenant = await buyer(running);
  const bystander = await besides(() => install(running, integrationId, tenant), url, publisher.secret);
  const peakMb = await memory.stop();
  await running.stop();
  const [installing, inserting] = [median(ours), median(bare)];
  tell(`${size} members: ${installing.toFixed(3)} s, bare ${inserting.toFixed(3)} s, ${peakMb.server} MB`);
  const ratio = installing / inserting;
  return { members: size, publish: publishing, install: installing, bare: inserting, ratio, statements, peakMb, bystander };
}

function buyer(running: Running): Promise<Tenant> {
  return running.tenant(`buyer-${++tenants}`);
}

function install(running: Running, integrationId: string, { workspaceId, secret }: Tenant): Promise<IntegrationInstall> {
  return running
    .as({ secret })
    .request('POST', `/api/integrations/${integrationId}/install`, { body: { workspaceId, memberPolicy: 'auto_all' } });
}

async function bareInstall(running: Running, { id, integrationVersionId }: IntegrationInstall, size: number): Promise<number> {
  const { workspaceId, userId } = await buyer(running);
  const rows = await rowsLike(running.owner, id, workspaceId);
  const { seconds } = await timed(() => installBare(running.owner, rows, { by: userId, at: new Date() }));
  await checkInstall(running.owner, rows.install.id, integrationVersionId, size);
  return seconds;
}

function print(rows: readonly Row[]): void {
  const head = ['members', 'install s', 'bare s', 'ratio', 'ms per member', 'statements', 'server MB', 'PostgreSQL MB', 'publish s'];
  const cells = rows.map(({ members, install: seconds, bare, ratio, statements, peakMb, publish: publishing, bystander }) => [
    members,
    seconds.toFixed(3),
    bare.toFixed(3),
    ratio.toFixed(2),
    ((seconds * 1000) / members).toFixed(2),
    statements,
    peakMb.server,
    peakMb.postgres,
    publishing.toFixed(2),
    [bystander.p50, bystander.p99, bystander.longest].map((ms) => ms.toFixed(0)).join(' · '),
  ]);
  console.log(markdown([...head, 'others: p50 · p99 · longest ms'], cells));
}
