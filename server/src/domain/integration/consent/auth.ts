import type { AuthConfig } from '../manifest.ts';
import { type ConsentNeed, needOf } from './comparable.ts';

/** What the credentials newly are, may do, and where they newly go. Pure. */
export const authNeeds = (from: AuthConfig, to: AuthConfig): ConsentNeed[] => [
  ...authType(from, to),
  ...scopes(from, to),
  ...urls(from, to),
  ...header(from, to),
];

function authType(from: AuthConfig, to: AuthConfig): ConsentNeed[] {
  const [before, after] = [from.type ?? 'none', to.type ?? 'none'];
  return needOf('auth_type', before === after ? [] : [after], (list) => `the auth type goes from ${before} to ${list}`);
}

function scopes(from: AuthConfig, to: AuthConfig): ConsentNeed[] {
  const had = new Set(from.scopes);
  const added = (to.scopes ?? []).filter((scope) => !had.has(scope));
  return needOf('scopes', added, (list) => `the scopes widen by ${list}`);
}

const URLS = ['authorizationUrl', 'tokenUrl', 'callbackUrl'] as const;

/** Any other URL counts, not only another host: on a shared host, the path says whose it is. */
function urls(from: AuthConfig, to: AuthConfig): ConsentNeed[] {
  const added = URLS.flatMap((field) => {
    const url = to[field];
    return url === undefined || url === from[field] ? [] : [`${field} ${url}`];
  });
  return needOf('auth_url', added, (list) => `credentials are asked for and sent at ${list}`);
}

/** What carries the credentials. Going back to the usual header moves them as well. */
function header(from: AuthConfig, to: AuthConfig): ConsentNeed[] {
  const name = ({ authHeaderName }: AuthConfig) => authHeaderName?.toLowerCase();
  const added = [
    ...(name(from) === name(to) ? [] : [`authHeaderName ${to.authHeaderName ?? '(the usual)'}`]),
    ...(from.authValuePrefix === to.authValuePrefix ? [] : [`authValuePrefix ${to.authValuePrefix ?? '(none)'}`]),
  ];
  return needOf('auth_header', added, (list) => `credentials are sent by ${list}`);
}
