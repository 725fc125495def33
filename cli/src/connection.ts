import { Mortise } from '@mortise/sdk';
import { CliError } from './cli-error.ts';

/** Where the server is and who asks, as options of a command. */
export interface ConnectionOptions {
  readonly url: string;
  readonly key?: string;
}

/** The client for a command. Throws `CliError` when the options cannot make one. */
export function clientOf({ url, key }: ConnectionOptions): Mortise {
  if (!['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) {
    throw new CliError(`--url ${url} is not an http or https URL: name the server, such as http://127.0.0.1:3000.`);
  }
  if (key === undefined || key === '') throw new CliError('No key: set MORTISE_KEY, or pass --key sec_….');
  return new Mortise({ url, key });
}
