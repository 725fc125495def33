/** From a list to its answer: in one statement with the known total while it holds, else with one that is told anew. */
import type { Sql } from 'sql-template-tag';
import { hot } from '../db/hot.ts';
import type { Db } from '../db/pool.ts';
import { must } from '../lib/must.ts';
import type { Pieces } from '../lib/pieces.ts';
import type { Text } from './frozen.ts';
import type { Ledger, Ledgers } from './ledgers.ts';
import type { Listing, Read, Tally } from './list.ts';
import { readPage } from './page.ts';
import type { Counted } from './totals.ts';

/**
 * How often to wait for others who bring the same total up to date. The second began after this request came, so that the state to which
 * it brought the total has everything that the asker may have written.
 */
const TURNS = 2;
/** A total that takes longer to count is kept up with changes from then on. Milliseconds. */
const SLOW = 100;

/** As often an answer is made anew when the database turned out to be another one than what was kept had been told of. */
const TRIES = 3;

/** The answer's text; null when the proof does not hold. */
export async function answerList(list: Listing, db: Db, ledgers: Ledgers, proof: Sql): Promise<Pieces | null> {
  for (let turn = 0; turn < TRIES; turn++) {
    const ledger = ledgers.current();
    const answer = await answerBy(list, db, ledger, proof);
    if (ledgers.holds(ledger)) return answer;
  }
  return answerBy(list, db, ledgers.blank(), proof);
}

/** The same, with what one ledger keeps. */
export async function answerBy(list: Listing, db: Db, ledger: Ledger, proof: Sql): Promise<Pieces | null> {
  const kept = ledger.pages.recall(list);
  if (kept !== null && list.unchanged !== null) {
    const holds = await db.maybe(hot(list.unchanged(kept.counted.snapshot, proof)));
    if (holds !== null) return kept;
  }
  const told = list.tally === null ? null : await answerKnown(list, list.tally, db, ledger, proof);
  const outcome = told ?? (await ask(list, db, ledger, list.recount(proof)));
  if (outcome === UNPROVEN) return null;
  ledger.pages.keep(list, outcome);
  return outcome;
}

const UNPROVEN = 'unproven';
/** What was read, or that the proof does not hold. */
type Outcome = Read | typeof UNPROVEN;

/** Null when the known total that the statement has no longer holds. */
async function askKnown(list: Listing, db: Db, { plans }: Ledger, text: Text): Promise<Outcome | null> {
  const statement = plans.choose(list, text);
  const rows = await readPage(db, statement);
  if (rows.length === 0) return UNPROVEN;
  const read = list.read(rows);
  if (read !== null) plans.took(list, statement, read.ms);
  return read;
}

const ask = async (list: Listing, db: Db, ledger: Ledger, text: Text): Promise<Outcome> =>
  must(await askKnown(list, db, ledger, text), 'a total that was just told holds');

/** Null when others were quicker each time, and keep no state to read in. */
async function answerKnown(list: Listing, tally: Tally, db: Db, ledger: Ledger, proof: Sql): Promise<Outcome | null> {
  const { totals, watches } = ledger;
  for (let turn = 0; turn < TURNS; turn++) {
    const known = totals.get(tally.key);
    watches.touch(tally.key);
    const outcome = known && (await askKnown(list, db, ledger, list.page(known, proof)));
    if (outcome !== null) return learnt(outcome, known);
    const told = await totals.alone(tally.key, () => (watches.has(tally.key) ? watches.advance(tally, present) : count(known)));
    if (told !== null) return told;
  }
  const state = watches.state(tally.key);
  return state && present(state.db, state.counted);

  function learnt(outcome: Outcome, known: Counted | null): Outcome {
    if (outcome !== UNPROVEN) totals.learn(tally.key, known, outcome.counted);
    return outcome;
  }

  /** The page in the state to which the total was brought. */
  function present(state: Db, counted: Counted): Promise<Outcome> {
    return ask(list, state, ledger, list.page(counted, proof));
  }

  async function count(known: Counted | null): Promise<Outcome> {
    const { result, slow } = await timed(ask(list, db, ledger, list.recount(proof)));
    if (slow) setImmediate(() => watches.start(tally));
    return learnt(result, known);
  }
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; slow: boolean }> {
  let slow = false;
  const timer = setTimeout(() => {
    slow = true;
  }, SLOW);
  try {
    const result = await work;
    return { result, slow };
  } finally {
    clearTimeout(timer);
  }
}
