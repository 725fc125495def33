import type { InstallMember, IntegrationInstall, JsonObject } from '@mortise/sdk/resources';
import { describe, expect, test } from 'vitest';
import { randomOf } from '../random.ts';
import { chancesOf, type Outlook, outlooksOf, planEdit } from './editing.ts';
import { tell } from './paths.ts';
import type { View } from './subscription.ts';

const definition = { a: 1, b: 1 };
const still: Outlook = { entityId: 'fun_1', definition, changes: [] };
const changing: Outlook = { ...still, changes: [{ path: ['a'], before: 1, after: 2 }] };
const many = (outlook: Outlook, count: number): Outlook[] => Array.from({ length: count }, () => outlook);

describe('the clones to edit', () => {
  test('are the given share of all, first of those that the next version changes', () => {
    expect(chancesOf([...many(still, 90), ...many(changing, 10)], 0.1)).toEqual({ changing: 0.8, others: 2 / 90 });
    expect(chancesOf([...many(still, 50), ...many(changing, 50)], 0.1)).toEqual({ changing: 0.2, others: 0 });
    expect(chancesOf(many(still, 10), 0.1)).toEqual({ changing: 0, others: 0.1 });
    expect(chancesOf([...many(still, 5), ...many(changing, 5)], 0)).toEqual({ changing: 0, others: 0 });
  });

  test('are edited at places that the version changes every other time, where there are any', () => {
    const random = randomOf('x');
    const always = { changing: 1, others: 1 };
    const edits = Array.from({ length: 200 }, () => planEdit(changing, always, 'e1', random));
    const contested = edits.filter((edit) => edit?.contested);
    expect(contested.length).toBeGreaterThan(70);
    expect(contested.length).toBeLessThan(130);
    expect(new Set(contested.map((edit) => tell(edit?.path ?? [])))).toEqual(new Set(['/a']));
    expect(planEdit(still, always, 'e1', random)).toMatchObject({ contested: false });
    expect(planEdit(still, { changing: 1, others: 0 }, 'e1', random)).toBeNull();
  });
});

test('an outlook is what a version changes in the one before, not in what the workspace made of it', () => {
  const now = new Map([
    ['fun_1', definition],
    ['fun_2', definition],
  ]);
  const members = [
    { entityId: 'fun_1', isClone: true },
    { entityId: 'fun_2', isClone: true },
    { entityId: 'fun_3', isClone: false },
  ];
  const definitions = new Map<string, JsonObject>([
    ['fun_1', { a: 'mine', b: 1 }],
    ['fun_2', definition],
  ]);
  const view: View = { install: {} as IntegrationInstall, members: members as InstallMember[], definitions };
  const outlooks = outlooksOf(view, now, new Map([['fun_1', { a: 1, b: 2 }]]));
  expect(outlooks.map(({ entityId, changes }) => [entityId, changes])).toEqual([
    ['fun_1', [{ path: ['b'], before: 1, after: 2 }]],
    ['fun_2', []],
  ]);
});
