import { describe, expect, test } from 'vitest';
import { pairMembers } from './pair-members.ts';
import type { SnapshotMember } from './snapshot.ts';

/** `a=f`: the slug a of the entity f; `b=f<a`: which was called a; `s*`: a schema of the closure. */
const memberOf = (text: string): SnapshotMember => {
  const [, slug = '', entityId = '', former = '', closure = ''] = /^(\w+)=([a-z])(?:<(\w+))?(\*)?$/.exec(text) ?? [];
  const origin = closure === '*' ? 'schema_closure' : 'declared';
  return { slug, entityId, formerSlugs: former === '' ? [] : former.split('_'), origin } as unknown as SnapshotMember;
};
const paired = (from: string, to: string): string[] => {
  const { pairs } = pairMembers(from.split(' ').map(memberOf), to.split(' ').map(memberOf));
  return pairs.map(({ before, after }) => `${before?.slug ?? '-'}→${after.slug}`);
};

describe('members of two versions', () => {
  test.each([
    ['a=f b=g', 'b=g a=f', ['b→b', 'a→a'], 'keep their slug'],
    ['a=f', 'b=f<a', ['a→b'], 'are renamed'],
    ['a=f', 'a=g b=f<a', ['-→a', 'a→b'], 'are renamed, though their slug was given to another entity'],
    ['a=f b=g', 'a=g<b b=f<a', ['b→a', 'a→b'], 'swap their slugs'],
    ['a=f', 'a=g', ['-→a'], 'are new where the slug passed to another entity'],
    ['a=f', 'b=g<a', ['a→b'], 'are what was renamed and given to another entity at once'],
    ['a=f', 'c=f<b_a', ['a→c'], 'are followed through a version between'],
    ['s=x*', 't=x*', ['s→t'], 'of the closure are known by their entity'],
    ['s=x*', 't=x', ['s→t'], 'of the closure that are declared are known by their entity'],
  ])('%s then %s: %j, they %s', (from, to, expected) => {
    expect(paired(from, to)).toEqual(expected);
  });

  test('that nothing follows are removed', () => {
    const { removed } = pairMembers([memberOf('a=f'), memberOf('b=g')], [memberOf('a=g')]);
    expect(removed.map(({ slug }) => slug)).toEqual(['a', 'b']);
  });
});
