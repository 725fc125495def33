import { isAtLeast, type TrustTier } from '../../lib/trust-tiers.ts';

/** What a workspace lets in of others' integrations; null: no such rule. */
export interface InstallPolicy {
  readonly leastTrustTier: TrustTier | null;
  readonly allowedPublishers: readonly string[] | null;
  readonly minReleaseAgeHours: number | null;
}

/** What a policy looks at: a version, and who published it when. */
export interface Release {
  readonly publisher: string;
  readonly trustTier: string;
  readonly publishedAt: Date;
}

/** A rule that is broken: what it wants, and what is there. Ages are in hours. */
export interface Breach {
  readonly rule: keyof InstallPolicy;
  readonly wanted: string | readonly string[] | number;
  readonly found: string | number;
}

const HOUR = 3_600_000;

/** Every rule that the release breaks, at the given time. Pure. */
export function breachesOf(policy: InstallPolicy, { publisher, trustTier, publishedAt }: Release, now: Date): Breach[] {
  const { leastTrustTier, allowedPublishers, minReleaseAgeHours } = policy;
  const age = (now.getTime() - publishedAt.getTime()) / HOUR;
  const breaches: (Breach | false)[] = [
    leastTrustTier !== null &&
      !isAtLeast(trustTier, leastTrustTier) && { rule: 'leastTrustTier', wanted: leastTrustTier, found: trustTier },
    allowedPublishers !== null &&
      !allowedPublishers.includes(publisher) && { rule: 'allowedPublishers', wanted: allowedPublishers, found: publisher },
    minReleaseAgeHours !== null &&
      !(age >= minReleaseAgeHours) && { rule: 'minReleaseAgeHours', wanted: minReleaseAgeHours, found: Math.floor(age * 10) / 10 },
  ];
  return breaches.filter((breach) => breach !== false);
}
