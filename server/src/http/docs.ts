import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { CATALOGUE, type ErrorCode, Problem } from '../lib/errors.ts';
import { must } from '../lib/must.ts';
import { etagOf, matching } from './etag.ts';
import { errorIndexPage, errorPage, referencePage } from './html.ts';

/** Nothing from elsewhere, no inline script. The reference injects its styles and its icons at run time. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** The reference would otherwise load web fonts, call its maker's proxy and offer its maker's services. */
const REFERENCE = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  proxyUrl: '',
  defaultOpenFirstTag: true,
  // On a narrow screen, summaries of operations would stand on one line each, and the page scroll sideways.
  customCss: `@media (max-width: 600px) {
    .scalar-app .whitespace-nowrap { white-space: normal; }
    .scalar-app .h-6:has(> .whitespace-nowrap) { height: auto; }
  }`,
};
const START = `Scalar.createApiReference('#reference', ${JSON.stringify(REFERENCE)});\n`;

/** What people read: the API reference, a page for each error code, and the document behind both. */
export function serveDocs(app: FastifyInstance, openapi: string): void {
  app.get('/', (_request, reply) => reply.redirect('/docs'));
  for (const path of ['/docs', '/docs/']) app.get(path, (_request, reply) => sendPage(reply, referencePage()));
  for (const path of ['/docs/errors', '/docs/errors/']) app.get(path, (_request, reply) => sendPage(reply, errorIndexPage()));
  app.get<{ Params: { code: string } }>('/docs/errors/:code', ({ params }, reply) => sendPage(reply, errorPage(knownCode(params.code))));
  serveText(app, '/openapi.json', 'application/json', async () => openapi);
  serveText(app, '/docs/start.js', 'text/javascript; charset=utf-8', async () => START);
  serveText(app, '/docs/reference.js', 'text/javascript; charset=utf-8', referenceScript());
}

const sendPage = (reply: FastifyReply, html: string): FastifyReply =>
  reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(html);

function knownCode(code: string): ErrorCode {
  if (!Object.hasOwn(CATALOGUE, code))
    throw new Problem('no_such_route', `No error has the code ${code}. See /docs/errors for all of them.`);
  return code as ErrorCode;
}

/** A text that changes with the program only: browsers keep it and ask whether it is still the same. */
function serveText(app: FastifyInstance, path: string, type: string, load: () => Promise<string>): void {
  const source = {};
  app.get(path, async (request, reply) => {
    const text = await load();
    const etag = etagOf(text);
    const known = matching(request.headers['if-none-match'], etag);
    reply.headers({ etag: known ?? etag, 'cache-control': 'no-cache' }).type(type);
    request.source = source;
    return known === null ? text : reply.code(304).send();
  });
}

/**
 * The script of the reference, 5 MB, loaded when somebody first opens the page.
 * Its package hands it out only through its plugin, so it is asked of a server that never listens.
 */
function referenceScript(): () => Promise<string> {
  let loading: Promise<string> | undefined;
  return () => {
    loading ??= loadReferenceScript();
    return loading;
  };
}

async function loadReferenceScript(): Promise<string> {
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const app = fastify();
  app.register(reference, { routePrefix: '/reference', configuration: { url: '/openapi.json' } });
  const { body } = await app.inject('/reference/js/scalar.js');
  return must(body === '' ? null : body, 'the package serves its script');
}
