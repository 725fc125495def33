import { run } from './run.ts';

await run(() => ({
  environment: process.env,
  ready: ({ url, newKey }) => {
    process.stdout.write(greeting(url, newKey));
  },
}));

function greeting(url: string, newKey: string | null): string {
  return newKey === null
    ? `Mortise is ready at ${url}\n`
    : `Mortise is ready at ${url}\n\n  The platform admin's key, shown this once:\n  ${newKey}\n\n`;
}
