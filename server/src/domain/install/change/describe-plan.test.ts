import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../lib/errors.ts';
import type { Snapshot, SnapshotMember } from '../../integration/snapshot.ts';
import type { LiveMember, Referral } from '../state/live.ts';
import { arrange, type Strategy } from './arrange.ts';
import { type Described, describePlan } from './describe-plan.ts';
import { type Merging, plan } from './plan.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const member = (slug: string, position: number, more: Partial<SnapshotMember> = {}): SnapshotMember => ({
  slug,
  position,
  kind: 'function',
  entityId: `source-${slug}`,
  entityVersionId: `version-${slug}`,
  entitySlug: slug,
  name: slug,
  description: null,
  digest: digest(slug),
  origin: 'declared',
  required: false,
  defaultEnabled: false,
  forkOnInstall: true,
  dependsOn: [],
  formerSlugs: [],
  refs: [],
  variables: [],
  ...more,
});

const snapshot = (id: string, members: SnapshotMember[]): Snapshot =>
  ({
    id,
    integrationId: 'int',
    version: '1.0.0',
    name: 'Helper',
    yanked: false,
    held: false,
    manifest: {},
    variablesSchema: {},
    authConfig: {},
    members,
  }) as Snapshot;

const live = (slug: string, more: Partial<LiveMember> = {}): LiveMember => ({
  id: `member-${slug}`,
  slug,
  entityId: `clone-${slug}`,
  kind: 'function',
  entityVersionId: `version-${slug}`,
  sourceVersionId: 'one',
  saidVersionId: null,
  sourceDigest: digest(slug),
  isClone: true,
  detached: false,
  enabled: true,
  appliedDigest: digest(slug),
  cloneDigest: digest(slug),
  mergeBase: null,
  openConflicts: 0,
  deleted: false,
  purged: false,
  stale: false,
  ...more,
});

interface Case {
  readonly to: SnapshotMember[];
  readonly live: LiveMember[];
  readonly strategy?: Strategy;
  readonly merged?: Record<string, Merging>;
  readonly referrals?: Referral[];
  readonly refused?: Record<string, Problem>;
}

function described({ to: members, live: rows, strategy = 'skip', merged = {}, referrals = [], refused = {} }: Case) {
  const [from, to] = [
    snapshot(
      'one',
      rows.map(({ slug }, index) => member(slug, index)),
    ),
    snapshot('two', members),
  ];
  const arrangement = arrange(from, to, rows, { policy: 'auto_all' }, strategy, ({ slug }) => `new-${slug}`);
  const made = { rendered: new Map(members.map((each) => [each.slug, each.digest])), merged: new Map(Object.entries(merged)) };
  const of: Described = {
    ...made,
    plan: plan(arrangement, { ...arrangement, variables: {}, variablesBefore: {} }, made, referrals),
    to,
    referrals,
    patches: new Map(),
    open: new Map(),
    refused: new Map(Object.entries(refused)),
  };
  return describePlan(of).map(({ slug, disposition, reason }) => [slug, disposition, reason]);
}

const conflict = { pointer: '/v', base: 1, ours: 2, theirs: 3 };

describe('a plan says of each member what becomes of it, and why', () => {
  test('where it is new, changed, or as it was', () => {
    const to = [
      member('must', 0, { required: true }),
      member('user', 1, { dependsOn: ['needed'] }),
      member('needed', 2),
      member('free', 3),
      member('same', 4),
      member('other', 5, { digest: digest('two') }),
      member('drifted', 6),
      member('passed', 7, { kind: 'agent' }),
    ];
    const rows = [live('same'), live('other'), live('drifted', { cloneDigest: digest('mine') }), live('passed')];
    expect(described({ to, live: rows })).toEqual([
      ['must', 'insert', 'The version requires it.'],
      ['user', 'insert', 'It is new, and the member policy takes it.'],
      ['needed', 'insert', 'It is needed by user.'],
      ['free', 'insert', 'It is new, and the member policy takes it.'],
      ['same', 'up_to_date', 'Nothing changes.'],
      ['other', 'update', 'The version has a new definition.'],
      ['drifted', 'update', 'Its clone differs from the version.'],
      ['passed', 'update', 'It is of another kind, and gets a new clone.'],
    ]);
  });

  test('where the workspace has a hand in it', () => {
    const own = (slug: string) => live(slug, { detached: true, cloneDigest: digest(`own ${slug}`) });
    const to = ['a', 'b', 'c', 'gone'].map((slug, position) => member(slug, position, { digest: digest(`two ${slug}`) }));
    const rows = [own('a'), own('b'), own('c'), live('gone', { detached: true, deleted: true })];
    expect(described({ to, live: rows }).map(([slug, disposition]) => [slug, disposition])).toEqual(
      ['a', 'b', 'c', 'gone'].map((slug) => [slug, 'skip_detached']),
    );
    const merged = {
      a: { applied: digest('two a'), digest: digest('both'), base: null, conflicts: [] },
      b: { applied: digest('two b'), digest: digest('both'), base: digest('one b'), conflicts: [conflict] },
      c: { applied: digest('two c'), digest: digest('own c'), base: digest('one c'), conflicts: [conflict] },
    };
    expect(described({ to, live: rows, strategy: 'merge', merged })).toEqual([
      ['a', 'merge', "The new definition goes in beside the workspace's changes."],
      [
        'b',
        'merge',
        "The new definition goes in beside the workspace's changes; at 1 place both changed the same, and the workspace's stays.",
      ],
      ['c', 'skip_conflict', "Both sides changed the same: the workspace's stays at 1 place."],
      ['gone', 'skip_detached', 'The workspace deleted its clone.'],
    ]);
    expect(described({ to, live: rows, strategy: 'overwrite' })).toEqual([
      ...['a', 'b', 'c'].map((slug) => [slug, 'update', "The workspace's changes are replaced."]),
      ['gone', 'update', 'Its clone was deleted, and comes back.'],
    ]);
  });

  test('where it goes, or stays as the workspace’s own', () => {
    const rows = [live('goes'), live('used'), live('own', { detached: true })];
    const referrals = [{ referrer: 'elsewhere', target: 'clone-used' }];
    expect(described({ to: [], live: rows, referrals })).toEqual([
      ['goes', 'remove', 'The version has it no more.'],
      ['used', 'keep', "The version has it no more, but its clone is still referred to: it becomes the workspace's own."],
      ['own', 'keep', "The version has it no more, but its clone is detached: it becomes the workspace's own."],
    ]);
  });

  test('where its definition cannot be made', () => {
    const refused = { big: new Problem('invalid_body', 'Too large.') };
    expect(described({ to: [member('big', 0, { digest: digest('two') })], live: [live('big')], refused })).toEqual([
      ['big', 'blocked', 'Too large.'],
    ]);
  });
});
