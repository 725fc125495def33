import type { Me } from '@mortise/sdk/resources';
import { Command } from 'commander';
import { type ConnectionOptions, clientOf } from './connection.ts';

interface Options extends ConnectionOptions {
  readonly json?: true;
}

/** `mortise me`: who the key acts as. */
export const meCommand = (): Command =>
  new Command('me')
    .summary('show who the key acts as')
    .description('Shows the user, workspace and role that the key acts with.')
    .option('--json', 'print the answer as JSON')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const client = clientOf(options);
      const me = await client.request<Me>('GET', '/api/me');
      process.stdout.write(options.json ? `${JSON.stringify(me)}\n` : tell(me, client.url));
    });

function tell({ user, key, platformRoles }: Me, url: string): string {
  const rows = [
    ['server', url],
    ['user', user === null ? 'nobody' : [user.name, ...(user.email === null ? [] : [`<${user.email}>`])].join(' ')],
    ['key', key === null ? 'none' : `${key.name} (${key.kind})`],
    ['workspace', key?.workspaceId ?? 'every one'],
    ['role', key?.role ?? (platformRoles.length === 0 ? 'reads the public marketplace' : `platform ${platformRoles.join(', ')}`)],
  ];
  return `${rows.map(([name, value]) => `${name?.padEnd(9)} ${value}`).join('\n')}\n`;
}
