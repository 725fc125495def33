import { badBody } from '../../lib/errors.ts';

/** Paths and parts of the server, and names under which whoever runs it would speak. A handle is the publisher that installers trust. */
const RESERVED = `
  mortise api docs openapi oauth oauth2 oidc auth healthz readyz health metrics well-known console static assets login logout signin signup
  admin administrator root system sysadmin superuser platform-admin server localhost internal www mail
  official support helpdesk security trust verified staff moderator reviewers abuse billing postmaster hostmaster webmaster no-reply
  null undefined none everybody anybody nobody`;

/** Digits that pass for letters, and hyphens that part a word: `m0rt1se`, `sup-port`. Handles are ASCII, so there is no more to it. */
const LOOKS_LIKE: Readonly<Record<string, string>> = { 0: 'o', 1: 'l', 3: 'e', 4: 'a', 5: 's', 7: 't', '-': '' };
const shapeOf = (handle: string): string => handle.replace(/[013457-]/g, (letter) => LOOKS_LIKE[letter] ?? letter).replaceAll('i', 'l');

const SHAPES: ReadonlySet<string> = new Set(RESERVED.trim().split(/\s+/).map(shapeOf));

export const isReserved = (handle: string): boolean => SHAPES.has(shapeOf(handle));

/** Throws 422 for a handle that is the server's own, or looks like one. */
export function refuseReserved(handle: string): void {
  if (isReserved(handle))
    throw badBody('/handle', `is reserved: ${handle} would pass for the server or whoever runs it; choose another one`);
}
