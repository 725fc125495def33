import type { IntegrationRow } from '../../integration/lock.ts';

/** Which versions an install follows: the current ones, or the highest, prereleases included. */
export const CHANNELS = ['stable', 'prerelease'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What an integration offers on a channel. */
export const offeredOn = (channel: Channel, { currentVersionId, newestVersionId }: IntegrationRow): string | null =>
  channel === 'prerelease' ? (newestVersionId ?? currentVersionId) : currentVersionId;
