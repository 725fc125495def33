/**
 * What others may not see never changes an answer. All lists are asked everything that can be asked of them, with values that hidden
 * rows hold; then hidden rows change, and the same questions have to be answered in the same way.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import type { Answer, Caller } from '../api.ts';
import { OPERATIONS } from '../contract/document.ts';
import { type Stage, setStage } from '../contract/stage.ts';
import { DISTURBANCES } from './disturbances.ts';
import { LONG, SEED } from './extent.ts';
import { LISTS, type Question, questionsOf } from './questions.ts';

/** Relations in one another, and how many questions each asker puts. */
const DEPTH = LONG ? 3 : 2;
const QUESTIONS = LONG ? 20_000 : 200;
const VALUES = 2;

let stage: Stage;
/** The world before and after the first disturbance. */
let before: World;
let after: World;
beforeAll(async () => {
  stage = await setStage();
  await stage.api.platform.post(`/api/integrations/${stage.home.integration.id}/visibility`, { visibility: 'public' }, 200);
  before = await look(stage);
  await disturb(1);
  after = await look(stage);
});
afterAll(() => stage.api.stop());

const askers = ({ stranger, guest, browser }: Stage): Readonly<Record<string, Caller>> => ({
  stranger: stranger.admin,
  'a viewer elsewhere': stranger.viewer,
  'who has a grant': guest.admin,
  'a publishable key': browser,
});

/** Resource → its rows, as a platform admin sees them. */
type World = ReadonlyMap<string, readonly JsonObject[]>;

async function look({ api, home }: Stage): Promise<World> {
  const pages = LISTS.map(async ({ path, names, resource }): Promise<[string, JsonObject[]]> => {
    const { data } = await api.platform.post(`${pathFor(path, names, home)}/search`, { include_deleted: undefined }, 200);
    return [resource, data];
  });
  return new Map(await Promise.all(pages));
}

const pathFor = (path: string, names: string | null, { rows }: Stage['home']): string =>
  names === null ? path : path.replace('{id}', must(rows[names], `home has a row ${names}_`));

async function disturb(time: number): Promise<void> {
  for (const change of Object.values(DISTURBANCES)) await change(stage, time);
}

/** The values of a field, those first that one of the two worlds has alone. */
const valuesIn =
  (before: World, after: World) =>
  (resource: string, field: string): readonly Json[] => {
    const [old, now] = [before, after].map(
      (world) => new Set((world.get(resource) ?? []).map((row) => JSON.stringify(row[field] ?? null))),
    );
    const [was, is] = [must(old, 'there were two'), must(now, 'there were two')];
    const telling = [...[...is].filter((text) => !was.has(text)), ...[...was].filter((text) => !is.has(text)), ...is];
    const held = [...new Set(telling)].map((text) => JSON.parse(text) as Json).filter((value) => value !== null && value !== '');
    return held.filter((value) => !isObject(value) || Object.keys(value).length > 0).slice(0, VALUES);
  };

interface Asked {
  readonly path: string;
  /** Absent: a GET. */
  readonly question?: Question;
}

/** Everything that is read by an id: of each row of home, and of each version, held ones too. */
function allReads({ home }: Stage, world: World): Asked[] {
  const reads = OPERATIONS.filter(
    ({ method, names, path }) => method === 'GET' && names !== null && !LISTS.some((list) => list.path === path),
  );
  return reads.flatMap(({ path, names }) => {
    const known = names === 'intver' ? (world.get('IntegrationVersion') ?? []).map(({ id }) => String(id)) : [home.rows[names ?? '']];
    return known.filter((id) => id !== undefined).map((id) => ({ path: path.replace('{id}', id) }));
  });
}

function allQuestions(before: World, after: World): Asked[] {
  const values = valuesIn(before, after);
  return LISTS.flatMap((list) =>
    questionsOf(list, DEPTH, values).map((question) => ({ path: pathFor(list.path, list.names, stage.home), question })),
  );
}

/** As many of them, spread over all. */
function some<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => must(all[(Math.floor(i * step) + SEED) % all.length], 'within'));
}

/** What a caller was answered, page by page, and the cursors by which it went on. */
interface Told {
  readonly answers: readonly string[];
  readonly cursors: readonly string[];
}

/** Orders of lists whose pages are turned. */
const TURNED = 40;
/** Pages that are turned at most, of so few rows each. */
const PAGES = 3;

/** On from cursors of `before` as well: whoever paged before something changed goes on as if nothing had. */
async function answersOf(caller: Caller, questions: readonly Asked[], before: readonly Told[] = []): Promise<Told[]> {
  const told: Told[] = [];
  for (const [number, asked] of questions.entries()) told.push(await pagesOf(caller, asked, before[number]?.cursors ?? []));
  return told;
}

async function pagesOf(caller: Caller, { path, question }: Asked, held: readonly string[]): Promise<Told> {
  if (question === undefined) return { answers: [textOf(await caller.call('GET', path))], cursors: [] };
  const turn = (more: JsonObject) => caller.call('POST', `${path}/search`, { ...question, ...more });
  const first = await turn({});
  const [answers, cursors] = [[textOf(first)], [] as string[]];
  for (let page = first; page.body.pageInfo?.hasNextPage && cursors.length < PAGES; ) {
    cursors.push(page.body.pageInfo.endCursor);
    page = await turn({ after: page.body.pageInfo.endCursor });
    const back = await turn({ before: page.body.pageInfo.startCursor });
    answers.push(textOf(page), textOf(back));
  }
  const again = held.length === 0 ? cursors : held;
  for (const cursor of again) answers.push(textOf(await turn({ after: cursor })));
  return { answers, cursors };
}

const textOf = ({ status, body }: Answer): string => `${status} ${JSON.stringify(body, withoutChance)}`;

/** Cursors are encrypted, and requests have ids: other bytes each time. */
const withoutChance = (key: string, value: unknown): unknown =>
  (key === 'requestId' || key.endsWith('Cursor')) && value !== null ? typeof value : value;

test('every list has rows that come or change, so that there is something to hide', () => {
  const same = LISTS.filter(({ resource }) => JSON.stringify(before.get(resource)) === JSON.stringify(after.get(resource)));
  expect(same.map(({ resource }) => resource)).toEqual([]);
});

test(`every read, and ${QUESTIONS} questions of each asker, are answered as before`, { timeout: 3_600_000 }, async () => {
  const questions = allQuestions(before, after);
  const turned = questions.filter(({ question }) => question?.orderBy !== undefined);
  const asked = [...allReads(stage, after), ...some(questions, QUESTIONS), ...some(turned, TURNED)];
  const told = new Map<string, readonly Told[]>();
  for (const [who, caller] of Object.entries(askers(stage))) told.set(who, await answersOf(caller, asked));
  expect([...told.values()].flat().filter(({ cursors }) => cursors.length > 0).length, 'pages are turned').toBeGreaterThan(10);
  await disturb(2);
  for (const [who, caller] of Object.entries(askers(stage))) {
    const first = told.get(who) ?? [];
    const again = await answersOf(caller, asked, first);
    const leaks = asked.flatMap((each, i) =>
      String(again[i]?.answers) === String(first[i]?.answers) ? [] : [{ ...each, first: first[i]?.answers, again: again[i]?.answers }],
    );
    expect(leaks, who).toEqual([]);
  }
});
