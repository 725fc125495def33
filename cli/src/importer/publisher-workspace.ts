import type { Mortise } from '@mortise/sdk';
import type { Workspace } from '@mortise/sdk/resources';
import { CliError } from '../cli-error.ts';
import type { Catalogue } from './catalogue.ts';

/** Where to import to: a workspace by id, or the one with this handle; neither: the one with the catalogue's publisher as its handle. */
export interface Destination {
  readonly workspaceId?: string | undefined;
  readonly handle?: string | undefined;
}

/** The workspace that will publish. One that is missing is created, which takes the key of a platform admin. */
export async function openWorkspace(client: Mortise, catalogue: Catalogue, { workspaceId, handle }: Destination): Promise<Workspace> {
  if (workspaceId !== undefined) return client.request<Workspace>('GET', `/api/workspaces/${encodeURIComponent(workspaceId)}`);
  const wanted = handle ?? publisherOf(catalogue);
  for await (const workspace of client.each<Workspace>('/api/workspaces', { handle: wanted })) return workspace;
  return client.request<Workspace>('POST', '/api/workspaces', { body: { name: wanted, handle: wanted } });
}

function publisherOf({ integrations }: Catalogue): string {
  const publishers = new Set(integrations.map(({ publisher }) => publisher));
  const [publisher] = publishers;
  if (publisher !== undefined && publishers.size === 1) return publisher;
  throw new CliError(`The catalogue has ${publishers.size} publishers: name the workspace to import to with --workspace or --handle.`);
}
