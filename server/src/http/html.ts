import { CATALOGUE, type ErrorCode } from '../lib/errors.ts';

const STYLE = `:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}
h1{line-height:1.25}code{font:.95em ui-monospace,monospace}dt{margin-top:1rem}`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

/** Text of the catalogue, in which backticks mark code. */
const marked = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const page = (title: string, body: string, head = ''): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} · Mortise</title><link rel="icon" href="data:,">${head}</head>
<body>${body}</body>
</html>
`;

const styled = (title: string, body: string): string => page(title, body, `<style>${STYLE}</style>`);

/** The page behind a problem's `type`. */
export function errorPage(code: ErrorCode): string {
  const { status, title, explain } = CATALOGUE[code];
  return styled(
    title,
    `<main><h1>${escapeHtml(title)}</h1><p>HTTP ${status} · <code>${code}</code></p><p>${marked(explain)}</p><p><a href="/docs/errors">All errors</a></p></main>`,
  );
}

/** Every error code on one page. */
export function errorIndexPage(): string {
  const entries = Object.entries(CATALOGUE).map(
    ([code, { status, title }]) =>
      `<dt><a href="/docs/errors/${code}"><code>${code}</code></a> · ${status}</dt><dd>${escapeHtml(title)}.</dd>`,
  );
  return styled('Errors', `<main><h1>Errors</h1><dl>${entries.join('')}</dl></main>`);
}

/** The API reference. Everything it loads comes from this server. */
export const referencePage = (): string =>
  page('API reference', '<div id="reference"></div><script src="/docs/reference.js"></script><script src="/docs/start.js"></script>');
