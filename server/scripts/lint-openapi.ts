import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const REDOCLY = fileURLToPath(import.meta.resolve('@redocly/cli/bin/cli.js'));
const CONFIG = fileURLToPath(new URL('../../redocly.yaml', import.meta.url));

interface Finding {
  readonly severity: string;
  readonly ruleId: string;
  readonly message: string;
  readonly location: readonly { readonly pointer?: string }[];
}

/** What redocly has to say of an OpenAPI document, a line each; warnings too. Without network or telemetry. */
export async function lintOpenapi(file: string): Promise<readonly string[]> {
  const { problems } = JSON.parse(await run(['lint', file, '--config', CONFIG, '--format', 'json'])) as { problems: readonly Finding[] };
  return problems.map(({ severity, ruleId, message, location }) => `${severity} ${ruleId}: ${message} at ${location[0]?.pointer}`);
}

/** Findings make it exit with 1, and still print them; a failure without output is its own. */
function run(args: readonly string[]): Promise<string> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [REDOCLY, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (stdout.trimStart().startsWith('{')) resolve(stdout);
      else reject(new Error(stderr, { cause: error }));
    });
  });
}
