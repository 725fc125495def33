import { must } from '../src/lib/must.ts';
import type { Actor } from './actor.ts';
import { playHistory } from './history.ts';
import type { Journal } from './journal.ts';
import { type DemoWorkspaces, openWorkspaces } from './workspaces.ts';

/** What a visitor needs to look around. */
export interface World {
  readonly workspaces: DemoWorkspaces;
  /** Reads the public marketplace only. */
  readonly publishableKey: string;
  /** Fernhill's install of Support inbox triage: edited, and behind. */
  readonly triageInstallId: string;
}

const END = 'the end';

/** Plays the world as far as the journal does not have it yet. `platform`: the platform admin. `tell`: takes a line for each part. */
export async function playWorld(platform: Actor, journal: Journal, tell: (line: string) => void): Promise<World> {
  const workspaces = await openWorkspaces(platform);
  const shopWindow = { workspaceId: workspaces.fernhill.id, name: 'Demo shop window', kind: 'publishable' };
  const publishableKey = await platform.mint('key publishable', shopWindow);
  // From then on the world is the visitors': what they change or delete there must not be looked for.
  if (journal.result(END) === undefined) journal.add(END, await playHistory({ platform, ...workspaces }, tell));
  return { workspaces, publishableKey, triageInstallId: must(journal.result(END), 'the history was played') };
}
