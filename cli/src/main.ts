#!/usr/bin/env node
import { MortiseError, UnreachableError } from '@mortise/sdk/errors';
import { Command, CommanderError, Option } from 'commander';
import pc from 'picocolors';
import { bundleCommand } from './bundle-command.ts';
import { CliError } from './cli-error.ts';
import { explain } from './explain.ts';
import { importCommand } from './import-command.ts';
import { meCommand } from './me-command.ts';

const FAILED = 1;
const MISUSED = 2;

const program = new Command('mortise')
  .description('Mortise from the command line.')
  .version('0.1.0')
  .addOption(new Option('--url <url>', 'where the server is').env('MORTISE_URL').default('http://127.0.0.1:3000'))
  .addOption(new Option('--key <key>', 'API key; better in the environment, where others on the machine do not see it').env('MORTISE_KEY'))
  .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 not a valid command line.')
  .showHelpAfterError('(--help shows what there is)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()
  .addCommand(importCommand())
  .addCommand(bundleCommand())
  .addCommand(meCommand());

inherit(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Every command below takes on the settings of the one above it. */
function inherit(parent: Command): void {
  for (const command of parent.commands) inherit(command.copyInheritedSettings(parent));
}

/** Tells what went wrong, unless commander has; returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
  process.stderr.write(`${pc.red('✗')} ${messageOf(error)}\n`);
  return FAILED;
}

function messageOf(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (error instanceof UnreachableError) return `${error.message} Is the server running? Name it with --url or MORTISE_URL.`;
  if (error instanceof MortiseError) return refusalOf(error);
  return `Something broke in mortise itself: ${error instanceof Error ? error.stack : error}`;
}

function refusalOf(error: MortiseError): string {
  const next = error.status === 401 ? ' Set MORTISE_KEY to a key of this server.' : '';
  return `${explain(error)}${next}${error.requestId === '' ? '' : ` (request ${error.requestId})`}`;
}
