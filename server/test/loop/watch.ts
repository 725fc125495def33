/**
 * Loaded into a server before it starts (`--import`): tells on request for how long its event loop was taken at most since the last one.
 * What is told is the processor time of the thread, so that whatever else runs on the machine does not count, and beside it how long a
 * fixed piece of work takes here, to compare machines by.
 */
const EVERY_MS = 1;

const cpu = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

let longest = 0;
let last = cpu();
setInterval(() => {
  const now = cpu();
  longest = Math.max(longest, now - last);
  last = now;
}, EVERY_MS).unref();

const SAMPLE = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ [`key${i % 100}`]: [i, 'text', { deep: i % 3 === 0 }] })));

/** Milliseconds of the fixed work, the best of some tries. */
function unit(): number {
  const tries = Array.from({ length: 5 }, () => {
    const start = cpu();
    JSON.stringify(JSON.parse(SAMPLE));
    return cpu() - start;
  });
  return Math.min(...tries);
}

process.on('message', () => {
  const told = longest;
  const measured = unit();
  last = cpu();
  longest = 0;
  process.send?.({ longest: told, unit: measured });
});
process.channel?.unref();
