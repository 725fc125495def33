import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs `mortise` with these arguments and nothing of its environment set. */
function mortise(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: {} }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('mortise', () => {
  test('--help names every command and exits with 0', async () => {
    const { code, stdout } = await mortise('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/import .*catalogue[\s\S]*bundle [\s\S]*me /);
  });

  test.each([
    ['an unknown command', ['bogus'], "unknown command 'bogus'"],
    ['an unknown option', ['me', '--loud'], "unknown option '--loud'"],
    ['a missing file name', ['import'], "missing required argument 'catalogue'"],
    ['a missing workspace', ['bundle', 'import', 'x.json'], "required option '-w, --workspace <id>' not specified"],
  ])('%s exits with 2 and one line on what is wrong', async (_what, args, message) => {
    const { code, stderr } = await mortise(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    ['no key', ['me'], 'No key: set MORTISE_KEY, or pass --key sec_….'],
    ['a URL that is none', ['me', '--key', 'sec_x', '--url', 'ftp://x'], '--url ftp://x is not an http or https URL'],
    ['a file that is not there', ['import', '/nowhere', '--key', 'sec_x'], '/nowhere cannot be read'],
    ['a bundle that is not there', ['bundle', 'import', '/nowhere', '-w', 'wsp_1', '--key', 'sec_x'], '/nowhere cannot be read'],
    ['a bundle that is none', ['bundle', 'import', MAIN, '-w', 'wsp_1', '--key', 'sec_x'], 'is not a bundle'],
    ['two workspaces', ['import', '/nowhere', '--key', 'sec_x', '-w', 'wsp_1', '--handle', 'x'], 'pass one of them'],
  ])('%s exits with 1 and one line with the next step', async (_what, args, message) => {
    const { code, stderr } = await mortise(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
