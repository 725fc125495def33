/** Shapes of upgrades of a whole workspace. */
import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import { JUMPS } from '../../lib/semver.ts';
import { idOf, integer, listOf, nullable, oneOf, shape, text } from '../../lib/shape.ts';
import { movedAlong, outcome, strategies, which } from './schema.ts';

export const WorkspaceUpgrade = shape({
  workspaceId: idOf(PREFIX.workspace, 'The workspace.'),
  strategy: Type.Optional(
    oneOf(
      strategies,
      'Detached clones: `merge` (default) puts the new definition in beside their changes, and waits where both changed the same; `skip` leaves them alone; `overwrite` replaces the changes.',
    ),
  ),
  after: Type.Optional(idOf(PREFIX.install, 'Go on behind this install: `next` of the answer before.')),
  limit: Type.Optional(integer('Installs of one call (1–100, default 20).', 1, 100)),
});

const why = listOf(
  shape(
    {
      code: text('`needs_consent`, `conflicts`, or the code of the error that the upgrade would answer.', 60),
      installId: nullable(idOf(PREFIX.install, 'The install that it is about; null: all that would move.')),
      detail: text('As a sentence.', 8192),
    },
    { $id: 'WaitingReason' },
  ),
  'Why it waits for a person.',
);
const next = nullable(idOf(PREFIX.install, 'Send it as `after` to go on; null: that was all.'));
const alongOnly = listOf(shape(which), 'What would have to move along.');

export const WorkspaceUpgradePlan = shape(
  {
    installs: listOf(
      shape(
        {
          ...which,
          jump: oneOf(JUMPS, 'The first of the three numbers in which the two differ.'),
          outcome: oneOf(['clean', 'waits'], 'clean: it goes by itself. waits: a person has to look.'),
          why,
          ...outcome,
          along: movedAlong(outcome),
          planDigest: text('Of this upgrade with `"with": "dependencies"` and the same strategy.', 4096),
        },
        { $id: 'ForeseenUpgrade' },
      ),
      'The installs that have a version to go to, in the order of their ids, each seen for itself.',
    ),
    next,
  },
  { $id: 'WorkspaceUpgradePlan' },
);

export const WorkspaceUpgradeResult = shape(
  {
    upgraded: listOf(
      shape({ ...which, ...outcome, along: movedAlong(outcome) }, { $id: 'DoneUpgrade' }),
      'What went, with what moved along.',
    ),
    waits: listOf(shape({ ...which, along: alongOnly, why }, { $id: 'WaitingUpgrade' }), 'What needs a person.'),
    next,
  },
  { $id: 'WorkspaceUpgradeResult' },
);
