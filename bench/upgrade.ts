/** `npm run bench:upgrade`: upgrades of 10,000 members, of which none, few or all have changed. See README.md. */
import { parseArgs } from 'node:util';
import { must } from '../server/src/lib/must.ts';
import { markdown, median, save } from './measure.ts';
import { Publisher } from './members/publisher.ts';
import { Stage } from './members/stage.ts';
import { FULL, type Step, travel, type Versions } from './members/travel.ts';
import { type Peaks, watchMemory } from './memory.ts';

const { values: options } = parseArgs({
  options: { size: { type: 'string', default: '10000' }, repeat: { type: 'string', default: '3' } },
});
const size = Number(options.size);
const repeat = Number(options.repeat);

const stage = await Stage.open();
try {
  const { integrationId, versions } = await publish();
  const running = await stage.start();
  const memory = watchMemory(running.server.pid, stage.dataDir);
  const steps: Step[] = [];
  for (let round = 1; round <= repeat; round++) {
    const tenant = await running.tenant(`buyer-${round}`);
    steps.push(...(await travel(running, tenant, integrationId, versions, size)));
  }
  await report(steps, await memory.stop());
  await running.stop();
} finally {
  await stage.close();
}

/** In a process of its own, so that its memory counts for no upgrade. */
async function publish(): Promise<{ integrationId: string; versions: Versions }> {
  const running = await stage.start();
  const tenant = await running.tenant('publisher');
  const publisher = new Publisher(running.as(tenant), tenant, size);
  await publisher.draft(running.owner);
  const next = async (changed: number): Promise<string> => {
    await publisher.change(running.owner, changed);
    return (await publisher.publish()).id;
  };
  const versions = {
    first: await next(0),
    equal: await next(0),
    few: await next(Math.ceil(size / 100)),
    all: await next(size),
    allAgain: await next(size),
    tenth: await next(Math.ceil(size / 10)),
  };
  await publisher.unlist();
  await running.owner.query('vacuum analyze');
  await running.stop();
  return { integrationId: publisher.id, versions };
}

async function report(steps: readonly Step[], peakMb: Peaks): Promise<void> {
  const byName = [...Map.groupBy(steps, ({ name }) => name)];
  const medians = new Map(byName.map(([name, same]) => [name, median(same.map(({ seconds }) => seconds))]));
  const secondsOf = (name: string) => must(medians.get(name), 'the step was taken');
  const rows = byName.map(([name, same]) => {
    const { statements, note } = must(same[0], 'a group has members');
    const seconds = secondsOf(name);
    return { name, seconds, ratio: seconds / secondsOf(FULL), statements, note };
  });
  const cells = rows.map(({ name, seconds, ratio, statements, note }) => [
    name,
    seconds.toFixed(2),
    ratio.toFixed(3),
    statements ?? '–',
    note,
  ]);
  console.log(markdown([`${size} members`, 'seconds', 'of a full upgrade', 'statements', 'what came of it'], cells));
  console.log(`\npeak memory: server ${peakMb.server} MB, PostgreSQL ${peakMb.postgres} MB`);
  await save('upgrade', { size, repeat, rows, peakMb });
}
