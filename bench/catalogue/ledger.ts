/** What a workspace made of one clone, place by place, kept apart from what any server says. */
import type { Json, JsonObject } from '@mortise/sdk/resources';
import { type Change, changesOf } from './changes.ts';
import type { Edit } from './edit.ts';
import { isWithin, overlap, type Path, same, tell, valueAt } from './paths.ts';
import { areLongLines, brought, piecesOf } from './pieces.ts';

export class Ledger {
  /** Every place that was ever edited. */
  readonly touched: Path[] = [];
  #edits: Edit[] = [];
  readonly #settled = new Set<Edit>();

  /** All edits, of each place the last one. */
  get all(): readonly Edit[] {
    return this.#edits;
  }

  /** Those that make a difference to the version which the clone follows. */
  get open(): readonly Edit[] {
    return this.#edits.filter((edit) => !this.#settled.has(edit));
  }

  /** Writes down what an edit made of a definition: of something added, its smallest parts. */
  record(edit: Edit, before: JsonObject, after: JsonObject): void {
    const changes = changesOf(before, after).map((change): Edit => ({ path: change.path, value: change.after, ...beside(change) }));
    const made = edit.line === undefined ? changes : [edit];
    const isLeft = (old: Edit, next: Edit): boolean => !overlap(old.path, next.path) || (isSameText(old, next) && holds(old, after));
    this.touched.push(...made.map(({ path }) => path));
    this.#edits = [...this.#edits.filter((old) => made.every((next) => isLeft(old, next))), ...made];
  }

  /** What a version has as well is no difference any more: from now on its changes go in there. */
  settle(version: Json): void {
    for (const edit of this.#edits) if (holds(edit, version)) this.#settled.add(edit);
  }

  /** Nothing of what was edited is wanted any more. */
  settleAll(): void {
    for (const edit of this.#edits) this.#settled.add(edit);
  }
}

/** What an edit brought and took away where others may change the rest: items of a list that nothing names, words of a long line. */
function beside({ before, after }: Change): Pick<Edit, 'brought' | 'gone'> {
  if (areLongLines(before, after)) return { brought: [...brought(before, after)] };
  if (!Array.isArray(before) || !Array.isArray(after)) return {};
  const gone = before.filter((item) => !after.some((each) => same(each, item)));
  return { brought: [...brought(before, after)], gone };
}

const isPart = ({ line, brought: words }: Edit): boolean => line !== undefined || words !== undefined;

const isSameText = (old: Edit, edit: Edit): boolean =>
  isPart(edit) && isPart(old) && isWithin(edit.path, old.path) && isWithin(old.path, edit.path);

/** Whether the edit is still there. */
export function holds({ path, value, line, brought: pieces, gone = [] }: Edit, definition: Json | undefined): boolean {
  const there = valueAt(definition, path);
  if (line !== undefined) return typeof there === 'string' && there.split('\n').includes(line);
  if (pieces === undefined || same(there, value)) return same(there, value);
  const isBack = Array.isArray(there) && gone.some((item) => there.some((each) => same(each, item)));
  return there !== undefined && !isBack && new Set(pieces).isSubsetOf(piecesOf(there));
}

/** How edits fared: still there, of these at places in a reported conflict, and neither there nor reported. */
export interface Fared {
  readonly held: number;
  readonly inConflict: number;
  readonly lost: readonly Edit[];
}

/** How edits fared in a merge, which keeps what the workspace has in every conflict. */
export function fared(edits: readonly Edit[], definition: Json | undefined, contested: readonly Path[]): Fared {
  const held = edits.filter((edit) => holds(edit, definition));
  const inConflict = held.filter(({ path }) => contested.some((place) => overlap(place, path)));
  return { held: held.length, inConflict: inConflict.length, lost: edits.filter((edit) => !held.includes(edit)) };
}

export const tellLost = (edits: readonly Edit[]): string[] => edits.map(({ path }) => `the edit at ${tell(path)} is lost`);
