import type { Role } from '../src/context.ts';
import type { Actor } from './actor.ts';

/** A workspace of the demo with a key of each role. */
export interface DemoWorkspace {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly keys: Readonly<Record<Role, string>>;
  readonly editor: Actor;
  readonly admin: Actor;
}

const PEOPLE = {
  mira: { name: 'Mira Okafor', email: 'mira.okafor@lanternworks.example' },
  jonas: { name: 'Jonas Weber', email: 'jonas.weber@lanternworks.example' },
  aiko: { name: 'Aiko Tanabe', email: 'aiko.tanabe@harborline.example' },
  sam: { name: 'Sam Delgado', email: 'sam.delgado@fernhill.example' },
  lea: { name: 'Léa Martin', email: 'lea.martin@fernhill.example' },
  priya: { name: 'Priya Nair', email: 'priya.nair@fernhill.example' },
} as const;

const WORKSPACES = {
  lanternworks: { name: 'Lanternworks', members: { mira: 'admin', jonas: 'editor' } },
  harborline: { name: 'Harborline Operations', members: { aiko: 'admin', jonas: 'viewer' } },
  fernhill: { name: 'Fernhill Trading', members: { sam: 'admin', lea: 'editor', priya: 'viewer' } },
} as const;
type Handle = keyof typeof WORKSPACES;

export type DemoWorkspaces = Readonly<Record<Handle, DemoWorkspace>>;

/** Two publishers and their customer, with their people and keys. */
export async function openWorkspaces(platform: Actor): Promise<DemoWorkspaces> {
  const people = await openPeople(platform);
  const open = (handle: Handle) => openWorkspace(platform, handle, people);
  return { lanternworks: await open('lanternworks'), harborline: await open('harborline'), fernhill: await open('fernhill') };
}

async function openPeople(platform: Actor): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const [person, body] of Object.entries(PEOPLE)) ids.set(person, await platform.create(`user ${person}`, '/api/users', body));
  return ids;
}

async function openWorkspace(platform: Actor, handle: Handle, people: ReadonlyMap<string, string>): Promise<DemoWorkspace> {
  const { name, members } = WORKSPACES[handle];
  const id = await platform.create(`workspace ${handle}`, '/api/workspaces', { name, handle });
  for (const [person, role] of Object.entries(members)) {
    const body = { userId: people.get(person), role };
    await platform.create(`membership ${handle} ${person}`, `/api/workspaces/${id}/memberships`, body);
  }
  const mint = (role: Role) => platform.mint(`key ${handle} ${role}`, { workspaceId: id, name: `Demo ${role}`, kind: 'secret', role });
  const keys = { viewer: await mint('viewer'), editor: await mint('editor'), admin: await mint('admin') };
  return { id, handle, name, keys, editor: platform.with(keys.editor), admin: platform.with(keys.admin) };
}
