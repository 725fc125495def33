import { expect, test } from 'vitest';
import { boatResource, type Visitor } from '../query/sample-fleet.ts';
import { cursorKeyOf } from './cursor.ts';
import { listing } from './list.ts';
import { parseListParams } from './params.ts';
import { Plans } from './plans.ts';

const KEY = cursorKeyOf(Buffer.alloc(32, 1));
const US: Visitor = { owners: ['us'] };

const boatsNamed = (name: string, limit: number) =>
  listing(boatResource, parseListParams(boatResource, { filter: { name: { eq: name } }, limit }, 'body'), US, KEY);

test('a statement that comes often is planned for all values, until it takes long: then for the values of this list, and of no other', () => {
  const plans = new Plans();
  const [ours, theirs] = [boatsNamed('ours', 10), boatsNamed('theirs', 10)];
  const choose = (list = ours) => plans.choose(list, list.recount());
  expect([choose(), choose(), choose()].map(({ name }) => typeof name)).toEqual(['undefined', 'undefined', 'string']);
  plans.took(ours, choose(), 100);
  expect(choose().name).toBeDefined();
  plans.took(ours, choose(), 101);
  expect(choose()).toEqual(ours.recount());
  expect(choose(theirs).name).toBeDefined();
});

test('a plan that took long is tried again after 50 pages, then after twice as many, and taken again when it is quick', () => {
  const plans = new Plans();
  const list = boatsNamed('ours', 11);
  /** How many pages are planned for their values until the plan for all is tried. */
  const leave = () => {
    for (let page = 0; ; page++) if (plans.choose(list, list.recount()).name !== undefined) return page;
  };
  for (let page = 0; page < 3; page++) plans.choose(list, list.recount());
  const prepared = plans.choose(list, list.recount());
  const leaves = [1_000, 1_000, 1_000, 1, 1_000].map((ms) => {
    plans.took(list, prepared, ms);
    return leave();
  });
  expect(leaves).toEqual([50, 100, 200, 0, 50]);
});
