/** How far a publisher is vouched for, the highest first. */
export const TRUST_TIERS = ['first_party', 'vendor_official', 'verified_partner', 'verified_publisher'] as const;
export type TrustTier = (typeof TRUST_TIERS)[number];

/** Whether a tier is at least another one. A tier that nobody knows is not. */
export function isAtLeast(tier: string, least: TrustTier): boolean {
  const rank = TRUST_TIERS.indexOf(tier as TrustTier);
  return rank !== -1 && rank <= TRUST_TIERS.indexOf(least);
}
