import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { aside } from './aside.ts';

async function job(text: string): Promise<URL> {
  const file = join(tmpdir(), `mortise-job-${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(file, text);
  return pathToFileURL(file);
}

test('work aside gives what it gives, and throws what it throws, in the order in which it came', async () => {
  const double = await job('export default (n) => { if (n === 3) throw new Error("three"); return n * 2; }');
  const tried = await Promise.allSettled([1, 2, 3, 4].map((n) => aside<number, number>(double, n)));
  expect(tried.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.message))).toEqual([2, 4, 'three', 8]);
});

test('the event loop goes on meanwhile', async () => {
  const busy = await job('export default (ms) => { const end = Date.now() + ms; while (Date.now() < end); return "done"; }');
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  expect(await aside(busy, 300)).toBe('done');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test('a thread that is lost fails its work, and the next work gets another', async () => {
  const lost = await job('export default () => process.exit(1)');
  const found = await job('export default () => "found"');
  await expect(aside(lost, null)).rejects.toThrow();
  expect(await aside(found, null)).toBe('found');
});
