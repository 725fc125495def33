import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, Turned, Turnstile } from './turnstile.ts';

const ROOM = { total: 4, lane: 2, waiting: 1000, laneWaiting: 1000, waitMs: 60_000 };
const entry = (lane: string, more: Partial<Entry> = {}): Entry => ({ lane, target: null, weight: 1, ...more });
const soon = () => new Promise((resolve) => setImmediate(resolve));

/** Something inside, which leaves when it is told. */
function guest(turnstile: Turnstile, who: Entry, log: string[] = [], name = who.lane) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = turnstile.pass(who, () => {
    log.push(name);
    return promise;
  });
  return { leave: resolve, done };
}

describe('a turnstile', () => {
  test('lets in no more of a lane than its share, and others meanwhile', async () => {
    const turnstile = new Turnstile(ROOM);
    const log: string[] = [];
    const many = Array.from({ length: 10 }, () => guest(turnstile, entry('many'), log));
    const one = guest(turnstile, entry('one'), log);
    await soon();
    expect(log).toEqual(['many', 'many', 'one']);
    for (const each of [...many, one]) each.leave();
    await Promise.all([...many, one].map(({ done }) => done));
    expect(log).toHaveLength(11);
  });

  test('serves lanes in turn, however long their queues are', async () => {
    const turnstile = new Turnstile({ ...ROOM, total: 1 });
    const log: string[] = [];
    const first = guest(turnstile, entry('a'), log);
    const rest = ['a', 'a', 'a', 'b', 'c', 'b'].map((lane) => guest(turnstile, entry(lane), log));
    first.leave();
    for (const { leave } of rest) leave();
    await Promise.all(rest.map(({ done }) => done));
    expect(log).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a']);
  });

  test('keeps two off one target, and lets others of the lane by', async () => {
    const turnstile = new Turnstile(ROOM);
    const log: string[] = [];
    const first = guest(turnstile, entry('a', { target: 'x' }), log, 'x1');
    const second = guest(turnstile, entry('a', { target: 'x' }), log, 'x2');
    const other = guest(turnstile, entry('a', { target: 'y' }), log, 'y');
    await soon();
    expect(log).toEqual(['x1', 'y']);
    first.leave();
    await soon();
    expect(log).toEqual(['x1', 'y', 'x2']);
    second.leave();
    other.leave();
  });

  test('lets what is heavier than the room pass alone, and nobody passes who waits for room in all', async () => {
    const turnstile = new Turnstile(ROOM);
    const log: string[] = [];
    const light = guest(turnstile, entry('a'), log, 'light');
    const heavy = guest(turnstile, entry('b', { weight: 9 }), log, 'heavy');
    const late = guest(turnstile, entry('c'), log, 'late');
    await soon();
    expect(log).toEqual(['light']);
    light.leave();
    await soon();
    expect(log).toEqual(['light', 'heavy']);
    heavy.leave();
    await soon();
    expect(log).toEqual(['light', 'heavy', 'late']);
    late.leave();
  });

  test('refuses when too many wait, and who waited too long, and says whose fault it is', async () => {
    const turnstile = new Turnstile({ total: 2, lane: 1, waiting: 2, laneWaiting: 1, waitMs: 20 });
    const inside = [guest(turnstile, entry('a')), guest(turnstile, entry('b'))];
    const waits = [turnstile.enter(entry('a')), turnstile.enter(entry('c'))];
    await expect(turnstile.enter(entry('a'))).rejects.toEqual(new Turned('lane'));
    await expect(turnstile.enter(entry('d'))).rejects.toEqual(new Turned('all'));
    const turned = await Promise.all(waits.map((each) => each.then(() => null).catch((refusal: Turned) => refusal.because)));
    expect(turned).toEqual(['lane', 'all']);
    for (const { leave } of inside) leave();
    (await turnstile.enter(entry('d')))();
  });

  test('keeps a part of the room for those who do not stay long', async () => {
    const turnstile = new Turnstile({ ...ROOM, total: 3, long: 2 });
    const log: string[] = [];
    const long = ['a', 'b', 'c'].map((lane) => guest(turnstile, entry(lane, { long: true }), log));
    const short = guest(turnstile, entry('d'), log);
    await soon();
    expect(log).toEqual(['a', 'b', 'd']);
    for (const { leave } of [...long, short]) leave();
    await Promise.all(long.map(({ done }) => done));
    expect(log).toEqual(['a', 'b', 'd', 'c']);
  });

  test('gives the room back once, also when the work fails', async () => {
    const turnstile = new Turnstile({ ...ROOM, total: 1, lane: 1 });
    await expect(turnstile.pass(entry('a'), () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    const leave = await turnstile.enter(entry('a'));
    leave();
    leave();
    const again = await turnstile.enter(entry('a'));
    const waiting = turnstile.enter(entry('b'));
    again();
    (await waiting)();
  });

  test('never lets in too much, and everybody in the end', async () => {
    const guests = fc.array(
      fc.record({
        lane: fc.constantFrom('a', 'b', 'c'),
        target: fc.constantFrom(null, 'x', 'y'),
        weight: fc.integer({ min: 1, max: 3 }),
        turns: fc.integer({ min: 0, max: 4 }),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(guests, async (all) => {
        const turnstile = new Turnstile(ROOM);
        const inside = new Set<Entry>();
        const weightOf = (which: Entry[]) => which.reduce((sum, { weight }) => sum + weight, 0);
        const visit = (each: (typeof all)[number]) =>
          turnstile.pass(each, async () => {
            inside.add(each);
            const own = [...inside].filter(({ lane }) => lane === each.lane);
            expect(weightOf([...inside])).toBeLessThanOrEqual(ROOM.total);
            expect(own.length === 1 || weightOf(own) <= ROOM.lane).toBe(true);
            expect(each.target === null || [...inside].filter(({ target }) => target === each.target).length === 1).toBe(true);
            for (let turn = 0; turn < each.turns; turn++) await soon();
            inside.delete(each);
          });
        await Promise.all(all.map(visit));
        expect(inside.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
