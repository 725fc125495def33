import fc from 'fast-check';
import { VARIABLES } from './documents.ts';
import { type Step, step } from './step.ts';
import { type Change, changed, SLUGS, THINGS } from './versions.ts';

const thing = fc.constantFrom(...THINGS);
const slug = fc.constantFrom(...SLUGS);
const variable = fc.constantFrom(...VARIABLES);
const one = fc.constant;

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: one('set' as const), thing, key: fc.constantFrom('p', 'q', 'r'), value: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: one('refer' as const), thing, to: thing }) },
  { weight: 2, arbitrary: fc.record({ do: one('use' as const), thing, variable, inside: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: one('declare' as const), thing, slug, fork: fc.boolean(), required: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: one('drop' as const), thing }) },
  { weight: 2, arbitrary: fc.record({ do: one('rename' as const), thing, slug }) },
  { weight: 2, arbitrary: fc.record({ do: one('pass' as const), thing, to: thing }) },
  { weight: 2, arbitrary: fc.record({ do: one('flip' as const), thing, flag: fc.constantFrom('fork' as const, 'required', 'byDefault') }) },
  { weight: 1, arbitrary: fc.record({ do: one('need' as const), thing, other: thing }) },
  { weight: 1, arbitrary: fc.record({ do: one('variable' as const), variable }) },
);

const wordsOf = ({ do: verb, ...what }: Change): string => [verb, ...Object.values(what)].join(' ');

/** A new version, changed from the last one at some places. */
export const publish: fc.Arbitrary<Step> = fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) =>
  step(
    `publish(${changes.map(wordsOf).join(', ')})`,
    ({ versions }) => versions.length < 12,
    async (world, site) => {
      for (const each of changes) world.draft = changed(world.draft, each, world.sources);
      await site.publish(world);
    },
  ),
);
