import { ROLES } from '../src/context.ts';
import type { DemoWorkspace } from './workspaces.ts';
import type { World } from './world.ts';

/** What the demo tells whoever started it. `url`: where users find the server. */
export function guide(url: string, adminKey: string, { workspaces, publishableKey, triageInstallId }: World): string {
  const { lanternworks, harborline, fernhill } = workspaces;
  const ask = (key: string) => `curl -s -H 'Authorization: Bearer ${key}'`;
  return `Mortise is ready at ${url}

It holds a sample world: two publishers and their customer. The keys of this demo:

  Platform admin      ${adminKey}
${[lanternworks, harborline, fernhill].map(keysOf).join('')}
  Marketplace only    ${publishableKey}

Three things to try:

  1. What the marketplace has for support teams:
     ${ask(publishableKey)} '${url}/api/integrations?name=support'

  2. How Fernhill's support triage differs from what was installed (see "drift"):
     ${ask(fernhill.keys.viewer)} '${url}/api/integration-installs/${triageInstallId}/members'

  3. Upgrade it to version 2.0.0, with the pager that wants it: neither can move alone. The reply style that
     Fernhill edited, by now the house style, is skipped:
     ${ask(fernhill.keys.editor)} -H 'Content-Type: application/json' -d '{"with": "dependencies"}' \\
       '${url}/api/integration-installs/${triageInstallId}/upgrade'

`;
}

const keysOf = ({ name, handle, keys }: DemoWorkspace): string =>
  `\n  ${name} (${handle})\n${ROLES.map((role) => `    ${role.padEnd(18)}${keys[role]}\n`).join('')}`;
