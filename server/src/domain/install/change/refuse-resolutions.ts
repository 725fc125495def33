import { type Fault, Problem } from '../../../lib/errors.ts';
import type { Resolution } from '../../../lib/merge/settle.ts';

/** A resolution brings a value exactly when it picks one. */
export function refuseIdleValues(resolutions: readonly Resolution[]): void {
  const faults = resolutions.flatMap(({ pick, value }, index): Fault[] => {
    if ((pick === 'value') === (value !== undefined)) return [];
    const message = pick === 'value' ? 'is required where `pick` is value' : 'is only taken where `pick` is value';
    return [{ pointer: `/resolutions/${index}/value`, message }];
  });
  if (faults.length > 0) throw new Problem('invalid_body', 'A resolution brings a value exactly when it picks one.', { faults });
}

/** Refuses resolutions that settle nothing, all at once: whoever sends them expects that they do. */
export function refuseUnused<T extends Resolution>(
  resolutions: readonly T[],
  unused: ReadonlySet<T>,
  why: (resolution: T) => string,
): void {
  const faults = resolutions.flatMap((each, index): Fault[] =>
    unused.has(each) ? [{ pointer: `/resolutions/${index}`, message: `${why(each)}${each.pointer ? ` at ${each.pointer}` : ''}` }] : [],
  );
  if (faults.length > 0) throw new Problem('invalid_body', 'Some resolutions settle no conflict; ask again for what is open.', { faults });
}
