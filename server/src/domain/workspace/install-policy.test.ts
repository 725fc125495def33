import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRUST_TIERS } from '../../lib/trust-tiers.ts';
import { breachesOf, type InstallPolicy, type Release } from './install-policy.ts';

const OPEN: InstallPolicy = { leastTrustTier: null, allowedPublishers: null, minReleaseAgeHours: null };
const NOW = new Date('2026-03-16T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const release: Release = { publisher: 'acme', trustTier: 'verified_publisher', publishedAt: hoursAgo(5) };
const broken = (policy: Partial<InstallPolicy>, of: Release = release) => breachesOf({ ...OPEN, ...policy }, of, NOW);

describe('breachesOf', () => {
  it('lets everything through an open policy', () => {
    expect(broken({})).toEqual([]);
  });

  it('ranks the tiers: first_party, vendor_official, verified_partner, verified_publisher', () => {
    for (const [least, leastTrustTier] of TRUST_TIERS.entries())
      for (const [rank, trustTier] of TRUST_TIERS.entries())
        expect(broken({ leastTrustTier }, { ...release, trustTier }).length === 0).toBe(rank <= least);
  });

  it('refuses a tier that nobody knows, and a version from the future', () => {
    expect(broken({ leastTrustTier: 'verified_publisher' }, { ...release, trustTier: 'self_made' })).toHaveLength(1);
    expect(broken({ minReleaseAgeHours: 0 }, { ...release, publishedAt: hoursAgo(-1) })).toHaveLength(1);
  });

  it('names every broken rule at once, with what it wants and what is there', () => {
    expect(broken({ leastTrustTier: 'first_party', allowedPublishers: ['stripe'], minReleaseAgeHours: 72 })).toEqual([
      { rule: 'leastTrustTier', wanted: 'first_party', found: 'verified_publisher' },
      { rule: 'allowedPublishers', wanted: ['stripe'], found: 'acme' },
      { rule: 'minReleaseAgeHours', wanted: 72, found: 5 },
    ]);
  });

  it('lets a version in from the hour on that it is old enough, and nobody by an empty list', () => {
    expect(broken({ minReleaseAgeHours: 5 })).toEqual([]);
    expect(broken({ minReleaseAgeHours: 6 })).toHaveLength(1);
    expect(broken({ allowedPublishers: [] })).toHaveLength(1);
  });

  it('breaks no rule less when another rule is added', () => {
    const policies = fc.record({
      leastTrustTier: fc.option(fc.constantFrom(...TRUST_TIERS)),
      allowedPublishers: fc.option(fc.array(fc.constantFrom('acme', 'stripe'))),
      minReleaseAgeHours: fc.option(fc.integer({ min: 0, max: 8760 })),
    });
    const rules = (policy: InstallPolicy) => breachesOf(policy, release, NOW).map(({ rule }) => rule);
    fc.assert(
      fc.property(policies, fc.constantFrom('leastTrustTier', 'allowedPublishers', 'minReleaseAgeHours'), (policy, rule) => {
        expect(rules(policy)).toEqual(expect.arrayContaining(rules({ ...policy, [rule]: null })));
      }),
    );
  });
});
