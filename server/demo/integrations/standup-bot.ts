import type { Integration } from '../data.ts';

/** A draft that its author thought better of: never published, deleted, and to be restored or purged. */
export const standupBot: Integration = {
  slug: 'standup-bot',
  name: 'Stand-up bot',
  description: 'Asks everybody three questions every morning. Nobody liked it.',
  visibility: 'private',
  releases: [],
};
