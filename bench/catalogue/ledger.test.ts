import type { JsonObject } from '@mortise/sdk/resources';
import { describe, expect, test } from 'vitest';
import { type Edit, withEdit } from './edit.ts';
import { fared, Ledger, tellLost } from './ledger.ts';

const item = { by: 'name', is: 'p' } as const;
const base: JsonObject = { a: 1, text: 'one\ntwo', items: [{ name: 'p', v: 1 }] };

/** A ledger of edits that were made one after the other. */
function made(...edits: Edit[]): { ledger: Ledger; definition: JsonObject } {
  const ledger = new Ledger();
  const definition = edits.reduce((before, edit) => {
    const after = withEdit(before, edit);
    ledger.record(edit, before, after);
    return after;
  }, base);
  return { ledger, definition };
}

describe('the edits of a clone', () => {
  const own = { path: ['own'], value: 1 };
  const gone = { path: ['items', item], value: undefined };
  const line = { path: ['text'], value: 'one\nTWO', line: 'TWO' };

  test('hold where they are, and are lost where they are not', () => {
    const { ledger, definition } = made(own, gone, line);
    expect(fared(ledger.open, definition, [['text']])).toEqual({ held: 3, inConflict: 1, lost: [] });
    expect(fared(ledger.open, { ...definition, text: 'ONE\ntwo\nTWO' }, []).lost).toEqual([]);
    expect(tellLost(fared(ledger.open, base, []).lost)).toEqual([
      'the edit at /own is lost',
      'the edit at /items/[name=p] is lost',
      'the edit at /text is lost',
    ]);
  });

  test('are the last ones of each place', () => {
    const again = { path: ['own'], value: 2 };
    expect(made(own, again).ledger.all).toEqual([again]);
    expect(made({ path: ['items', item, 'v'], value: 2 }, gone).ledger.all).toEqual([gone]);
    const other = { path: ['text'], value: 'ONE\nTWO', line: 'ONE' };
    expect(made(line, other).ledger.all).toEqual([line, other]);
    expect(made(line, { path: ['text'], value: 'one\nTWO!', line: 'TWO!' }).ledger.all).toHaveLength(1);
  });

  test('that add something are one for each of its parts', () => {
    const path = ['items', { by: 'name', is: 'new' }];
    const { ledger } = made({ path, value: { name: 'new', v: 1 } }, { path: [...path, 'v'], value: 2 });
    expect(ledger.all).toEqual([
      { path: [...path, 'name'], value: 'new' },
      { path: [...path, 'v'], value: 2 },
    ]);
  });

  test('are no difference any more once the version has them, or when they are taken back', () => {
    const { ledger } = made(own, gone);
    ledger.settle({ ...base, own: 1 });
    expect(ledger.open).toEqual([gone]);
    expect(ledger.all).toEqual([own, gone]);
    ledger.settleAll();
    expect(ledger.open).toEqual([]);
    const back = made(own, { path: ['own'], value: undefined }).ledger;
    back.settle(base);
    expect(back.open).toEqual([]);
  });
});
