/** What a filter means, said a second time and over plain values: three-valued logic as in SQL, against which the SQL is held. */
import { isObject, type Json } from '../lib/json.ts';
import { at } from '../lib/json-pointer.ts';
import type { Boat, Fleet, Port, Sailor, Visitor } from './sample-fleet.ts';

export type Truth = boolean | null;

export type Row = Port | Boat | Sailor;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const and = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
const or = (truths: readonly Truth[]): Truth => not(and(truths.map(not)));

export const isBoat = (row: Row): row is Boat => 'rig' in row;
export const isPort = (row: Row): row is Port => 'depth' in row;

/** Whether the visitor may list the row: in scope, and not deleted. */
export function isVisible({ owners }: Visitor, row: Row): boolean {
  const gone = !isPort(row) && row.deleted_at !== null;
  return !gone && (owners.includes(row.owner) || (isBoat(row) && row.open));
}

/** A time as microseconds since 1970. */
export function micros(text: string): bigint {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return BigInt(Date.parse(text.replace(/\.\d+/, ''))) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** The value of a field as JavaScript compares it: text as UTF-8 bytes, times as microseconds. `undefined`: no such field. */
export function fieldValue(row: Row, name: string): string | number | boolean | bigint | null | undefined {
  if (!isBoat(row)) return name in row ? (row[name as keyof typeof row] as string | number | null) : undefined;
  if (name === 'label') return row.name === null ? null : `${row.name}!`;
  if (name === 'built') return row.built === null ? null : micros(row.built);
  if (name === 'port') return row.port_id;
  return name in row ? (row[name as keyof Boat] as string | number | boolean | null) : undefined;
}

/** Negative, 0 or positive, as PostgreSQL orders values of one type in the "C" collation. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
  return Number(a) < Number(b) || (a as bigint) < (b as bigint) ? -1 : a === b ? 0 : 1;
}

/** The rows that a relation leads to, seen or not. */
function relatives(fleet: Fleet, row: Row, name: string): readonly Row[] | undefined {
  if (isBoat(row) && name === 'port') return fleet.ports.filter(({ id }) => id === row.port_id);
  if (isBoat(row) && name === 'crew') return fleet.sailors.filter((sailor) => sailor.boat_id === row.id);
  if (isPort(row) && name === 'boats') return fleet.boats.filter((boat) => boat.port_id === row.id);
  if (!isPort(row) && !isBoat(row) && name === 'boat') return fleet.boats.filter(({ id }) => id === row.boat_id);
  return undefined;
}

/** Whether a filter holds for a row. The filter is one that the parser accepts. */
export function truth(fleet: Fleet, visitor: Visitor, row: Row, filter: Json): Truth {
  const nested = (each: Json): Truth => truth(fleet, visitor, row, each);
  const entries = Object.entries(filter as object) as [string, Json][];
  return and(
    entries.map(([key, value]) => {
      if (key === 'AND') return and((value as Json[]).map(nested));
      if (key === 'OR') return or((value as Json[]).map(nested));
      if (key === 'NOT') return not(nested(value));
      const related = relatives(fleet, row, key);
      if (related !== undefined && !(key === 'port' && meansField(value))) return relation(fleet, visitor, related, value);
      if (key === 'log') return jsonTruth(isBoat(row) ? row.log : null, value);
      const operations = isObject(value) ? value : { eq: value };
      const operand = (each: Json): Json | bigint => (key === 'built' && typeof each === 'string' ? micros(each) : each);
      return and(Object.entries(operations).map(([op, each]) => scalar(fieldValue(row, key) ?? null, op, each, operand)));
    }),
  );
}

/** A boat's port is a field and a relation: only the relation has names in it. */
const meansField = (value: Json): boolean =>
  !isObject(value) || !Object.keys(value).some((key) => /^(id|name|depth|boats|AND|OR|NOT)$/.test(key));

function relation(fleet: Fleet, visitor: Visitor, all: readonly Row[], value: Json): Truth {
  const seen = all.filter((row) => isVisible(visitor, row));
  const one = (filter: Json): boolean => seen.some((row) => truth(fleet, visitor, row, filter) === true);
  const entries = Object.entries(value as object) as [string, Json][];
  const quantified = entries.map(([key, filter]): Truth | undefined => {
    if (key === 'isNull') return (seen.length === 0) === filter;
    if (key === 'some') return one(filter);
    if (key === 'none') return !one(filter);
    return key === 'every' ? seen.every((row) => truth(fleet, visitor, row, filter) === true) : undefined;
  });
  const known = quantified.filter((each) => each !== undefined);
  return known.length === entries.length && known.length > 0 ? and(known) : one(value);
}

function textTruth(value: string, op: string, operand: string): boolean {
  if (op.startsWith('i')) return alike(value, op.slice(1).toLowerCase(), operand);
  if (op === 'contains') return value.includes(operand);
  return op === 'startsWith' ? value.startsWith(operand) : value.endsWith(operand);
}

/** In any case, letter by letter: one asked for with accents has these, one without may have any. */
function alike(value: string, op: string, operand: string): boolean {
  const [all, asked] = [lettersOf(value), lettersOf(operand)];
  const last = all.length - asked.length;
  const starts = op === 'startswith' ? [0] : op === 'endswith' ? [last] : Array.from({ length: last + 1 }, (_, start) => start);
  return starts.some((start) => start >= 0 && start <= last && asked.every((letter, index) => isLike(all[start + index] ?? '', letter)));
}

const lettersOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .toLowerCase()
    .match(/\P{M}\p{M}*/gsu) ?? [];
const isLike = (letter: string, asked: string): boolean => letter === asked || letter.replace(/\p{M}/gu, '') === asked;

function scalar(value: unknown, op: string, raw: Json, as: (each: Json) => unknown): Truth {
  const equal = (each: Json): boolean => compare(value, as(each)) === 0 && typeof value === typeof as(each);
  if (op === 'isNull') return (value === null) === raw;
  if (op === 'eq' && raw === null) return value === null;
  if (op === 'ne') return raw === null ? value !== null : value === null || !equal(raw);
  if (op === 'notIn') return value === null || !(raw as Json[]).some(equal);
  if (op === 'in') return (raw as Json[]).length === 0 ? false : value === null ? null : (raw as Json[]).some(equal);
  if (value === null) return null;
  if (op === 'eq') return equal(raw);
  if (op === 'lt' || op === 'lte' || op === 'gt' || op === 'gte') return ordered(compare(value, as(raw)), op);
  return textTruth(String(value), op, String(raw));
}

const ordered = (order: number, op: 'lt' | 'lte' | 'gt' | 'gte'): boolean =>
  ({ lt: order < 0, lte: order <= 0, gt: order > 0, gte: order >= 0 })[op];

function jsonTruth(text: string | null, operations: Json): Truth {
  const value = text === null ? undefined : (JSON.parse(text) as Json);
  return and(
    Object.entries(operations as object).map(([op, operand]: [string, Json]) => {
      if (op === 'isNull') return (value === undefined) === operand;
      if (op === 'path') return pathTruth(value, operand);
      if (value === undefined) return null;
      return op === 'contains' ? contains(value, operand) : hasKey(value, String(operand));
    }),
  );
}

const hasKey = (value: Json, key: string): boolean =>
  Array.isArray(value) ? value.includes(key) : isObject(value) ? Object.hasOwn(value, key) : value === key;

/** jsonb containment of an object or array: keys and elements are there, in depth, in any order. */
function contains(value: Json, part: Json): boolean {
  if (Array.isArray(part)) return Array.isArray(value) && part.every((each) => value.some((candidate) => contains(candidate, each)));
  if (!isObject(part)) return value === part;
  return isObject(value) && Object.entries(part).every(([key, each]) => Object.hasOwn(value, key) && contains(value[key] ?? null, each));
}

/** What is of another type than the operand is unequal to it, and neither less nor greater. */
function pathTruth(value: Json | undefined, operations: Json): Truth {
  const { at: place, ...rest } = operations as { at: string; [op: string]: Json };
  const found = value === undefined ? null : (at(value, place) ?? null);
  return and(
    Object.entries(rest).map(([op, operand]) => {
      const wanted = typeof (Array.isArray(operand) ? operand[0] : operand);
      const comparable = found === null || typeof found === wanted || ['eq', 'ne', 'in', 'notIn', 'isNull'].includes(op);
      return comparable ? scalar(found, op, operand, (each) => each) : false;
    }),
  );
}
