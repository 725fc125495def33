/** What a workspace made of one clone, place by place, kept apart from what any server says. */
import type { Json, JsonObject } from '@mortise/sdk/resources';
import { changesOf } from './changes.ts';
import type { Edit } from './edit.ts';
import { isWithin, overlap, type Path, same, tell, valueAt } from './paths.ts';

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
    const changes = changesOf(before, after).map(({ path, after: value }): Edit => ({ path, value }));
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

const isSameText = (old: Edit, { path, line }: Edit): boolean =>
  line !== undefined && old.line !== undefined && isWithin(path, old.path) && isWithin(old.path, path);

/** Whether the edit is still there. */
export function holds({ path, value, line }: Edit, definition: Json | undefined): boolean {
  const there = valueAt(definition, path);
  return line === undefined ? same(there, value) : typeof there === 'string' && there.split('\n').includes(line);
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
