import Type from 'typebox';
import { listOf, oneOf, shape, text, timestamp } from '../../lib/shape.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const ranked = (description: string) =>
  listOf(shape({ slug: text('A member slug.', 64), count: count('In how many installs, or upgrades.') }), description);

export const Insights = shape(
  {
    installs: shape({
      active: count('Active installs, in all workspaces.'),
      byVersion: listOf(
        shape({
          version: text('SemVer text of the pinned version.', 256),
          versionState: oneOf(['active', 'deprecated', 'yanked', 'revoked'], 'How that version stands.'),
          installs: count('Active installs that pin it.'),
        }),
        'Versions with an active install, highest first.',
      ),
      byJump: shape(
        {
          none: count('Installs with nothing newer.'),
          patch: count('Installs a patch behind.'),
          minor: count('Installs a minor step behind.'),
          major: count('Installs a major step behind.'),
          prerelease: count('Installs that a prerelease is available to, or that pin one of what is current now.'),
        },
        { description: 'Active installs by their `updateJump`.' },
      ),
    }),
    upgrades: shape({
      since: timestamp('Upgrades of the last 30 days are counted: since then.'),
      total: count('Upgrades that changed something.'),
      updated: count('Members that they updated.'),
      added: count('Members that they added.'),
      removed: count('Members that they removed.'),
      skipped: count('Members that they skipped.'),
      merged: count("Members whose changes were merged with the workspace's own."),
      conflicted: count('Members in which both had changed the same place.'),
    }),
    members: shape({
      detached: ranked('Members most often detached now; up to 20.'),
      merged: ranked('Members most often merged in these upgrades; up to 20.'),
      conflicted: ranked('Members most often in conflict in these upgrades; up to 20.'),
    }),
  },
  { $id: 'Insights' },
);
