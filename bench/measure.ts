import { mkdir, writeFile } from 'node:fs/promises';
import { must } from '../server/src/lib/must.ts';

const RESULTS = new URL('results/', import.meta.url);

/** How long something took, in seconds, and what it gave. */
export interface Timed<T> {
  readonly seconds: number;
  readonly result: T;
}

export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => must(sorted[index], 'there is a value');
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

/** Of sorted values, the one that this share of them does not exceed; not a number where there are none. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Rows as a table in Markdown. */
export function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Keeps what a bench found, as `results/<name>.json`. */
export async function save(name: string, found: object): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL(`${name}.json`, RESULTS), `${JSON.stringify(found, null, 2)}\n`);
}
