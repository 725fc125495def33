/** Requests that nobody would write, many of them: no failure, nothing that the document does not say, and the invariants hold afterwards. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUILT_IN_KINDS } from '../../src/lib/kinds.ts';
import { must } from '../../src/lib/must.ts';
import type { Caller } from '../api.ts';
import { OPERATIONS } from '../contract/document.ts';
import { installed, made, membersOf, type Stage, setStage } from '../contract/stage.ts';
import { REQUESTS, SEED } from './extent.ts';
import { faultOf } from './judge.ts';
import { Pool } from './pool.ts';
import { type MadeRequest, requestsOf } from './requests.ts';
import { send, written } from './send.ts';

/** The world is put right again after so many. */
const ROUND = 100;

let stage: Stage;
const pool = new Pool(BUILT_IN_KINDS.map(({ prefix }) => prefix));
beforeAll(async () => {
  stage = await setStage();
  for (const id of [...Object.values(stage.home.rows), stage.home.reference]) pool.add(id);
});
afterAll(() => stage.api.stop());

/** A platform admin and an admin first, as `requestsOf` wants it. */
function actorsOf({ api, home, guest, stranger, browser, nobody }: Stage): readonly Caller[] {
  const { platform } = api;
  return [platform, home.admin, home.editor, home.viewer, guest.admin, stranger.admin, browser, nobody];
}

/** What is wrong with the answer, or null. */
async function ask(request: MadeRequest, number: number): Promise<string | null> {
  const sent = written(request, pool);
  const actors = actorsOf(stage);
  const answer = await send(request, sent, must(actors[request.actor], 'an actor'));
  const fault = faultOf(request.operation, answer);
  if (answer.status < 300) pool.learn(answer.body);
  if (fault === null) return null;
  const told = `#${number} ${request.operation.method} ${sent.url} ${sent.body?.slice(0, 2_000) ?? ''} ${JSON.stringify(request.headers)}`;
  return `${request.operation.operationId} ${fault}\n  ${told}\n  ${JSON.stringify(answer.body)?.slice(0, 1_000)}`;
}

/** The workspaces of the actors are open again, and there is something to work on. */
async function putRight(set: Stage, round: number): Promise<void> {
  const { api, home, guest, stranger } = set;
  for (const { id } of [home, guest, stranger]) await api.platform.post(`/api/workspaces/${id}/unsuspend`, undefined, 200);
  const integration = await made(set, `round-${round}`, { a: { forkOnInstall: true, required: true }, b: {} });
  const install = await installed(set, integration);
  const members = Object.values(await membersOf(set, install));
  for (const id of [integration.id, integration.source('a'), install, ...members]) pool.add(id);
}

test(`${REQUESTS} requests, seed ${SEED}`, { timeout: 3_600_000 }, async () => {
  const requests = fc.sample(requestsOf(OPERATIONS, actorsOf(stage).length), { numRuns: REQUESTS, seed: SEED });
  const complaints: string[] = [];
  for (const [number, request] of requests.entries()) {
    if (number % ROUND === 0) await putRight(stage, number / ROUND);
    const complaint = await ask(request, number);
    if (complaint !== null) complaints.push(complaint);
  }
  expect(complaints.join('\n\n')).toBe('');
});
