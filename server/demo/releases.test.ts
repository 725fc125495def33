import { describe, expect, it } from 'vitest';
import type { Member } from './data.ts';
import { unfold, withEntities } from './releases.ts';

const member = (more: Partial<Member> = {}): Member => ({ kind: 'function', name: 'One', definition: { n: 1 }, ...more });
const first = { version: '1.0.0', changelog: '', members: { a: member(), b: member({ required: true }), c: member() } };
const second = (members: Record<string, Partial<Member> | null>) => unfold([first, { version: '2.0.0', changelog: '', members }])[1];

describe('a release', () => {
  it('keeps what it does not tell, in the same order', () => {
    const release = second({ b: { definition: { n: 2 } } });
    expect([...(release?.members ?? [])]).toEqual([
      ['a', member()],
      ['b', member({ required: true, definition: { n: 2 } })],
      ['c', member()],
    ]);
    expect(release?.changed).toEqual(new Set(['b']));
  });

  it('drops what is null, and appends what is new', () => {
    expect([...(second({ a: null, d: member() })?.members.keys() ?? [])]).toEqual(['b', 'c', 'd']);
  });

  it('gives a renamed member the place of its old name, and tells of the renaming once', () => {
    const [, renamed, later] = unfold([
      first,
      { version: '2.0.0', changelog: '', members: { z: { renamedFrom: 'b' } } },
      { version: '2.0.1', changelog: '', members: {} },
    ]);
    expect([...(renamed?.members.keys() ?? [])]).toEqual(['a', 'z', 'c']);
    expect(renamed?.members.get('z')).toEqual(member({ required: true, renamedFrom: 'b' }));
    expect(later?.members.get('z')).toEqual(member({ required: true }));
  });

  it('must tell a new member whole', () => {
    expect(() => second({ d: { name: 'Half' } })).toThrow('d is new in its release');
  });
});

describe('a definition', () => {
  it('gets the entity of each member that it names, at any depth', () => {
    const ids = new Map([['tool', 'fun_1']]);
    const definition = { tools: ['@tool', 'mail@tool'], deep: { $ref: '@tool' }, n: null };
    expect(withEntities(definition, ids)).toEqual({ tools: ['fun_1', 'mail@tool'], deep: { $ref: 'fun_1' }, n: null });
  });

  it('cannot name a member that is not told yet', () => {
    expect(() => withEntities({ tool: '@later' }, new Map())).toThrow('@later names a member told before');
  });
});
