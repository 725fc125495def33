import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

test('works through all items, never more than the width at once', async () => {
  let busy = 0;
  let busiest = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    busiest = Math.max(busiest, ++busy);
    await wait(item % 2);
    done.push(item);
    busy -= 1;
  });
  expect(busiest).toBe(3);
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('the first failure starts nothing new, and is thrown when what runs is done', async () => {
  const started: number[] = [];
  let finished = false;
  const running = inParallel([1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 1) throw new Error('one');
    await wait(20);
    finished = true;
  });
  await expect(running).rejects.toThrow('one');
  expect(started).toEqual([1, 2]);
  expect(finished).toBe(true);
});
