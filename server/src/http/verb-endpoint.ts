import type { WriteCtx } from '../context.ts';
import type { Route, Target } from '../route.ts';
import { bodyReader, NO_FIELDS } from './body.ts';
import type { Asked, Endpoint, Form } from './endpoint.ts';
import type { Guarded } from './precondition.ts';
import { queryReader } from './query-string.ts';

type Input = Parameters<Extract<Route, { read: unknown }>['read']>[1];

/** A route with a verb of its own. */
export function verbEndpoint(route: Route): Endpoint {
  const form: Form = {
    method: route.method,
    path: route.path,
    permission: route.permission,
    names: route.permission.need === 'target' ? route.permission.resource : null,
    readQuery: queryReader(route.query ?? NO_FIELDS),
    readBody: bodyReader(route.body ?? NO_FIELDS),
    limits: route.limits,
    weighs: route.weighs,
    single: route.method === 'GET',
    created: route.created ?? null,
    guarded: guardedBy(route),
  };
  // The door has checked query and body by the very schemas that type the verb.
  const input = (asked: Asked, target: Target) => ({ target, query: asked.query as Input['query'], body: asked.body });
  if ('steps' in route)
    return { ...form, writes: true, stepwise: true, ask: null, run: (ctx, asked, target) => route.steps(ctx, input(asked, target)) };
  return 'write' in route
    ? { ...form, writes: true, ask: null, run: (ctx: WriteCtx, asked: Asked, target: Target) => route.write(ctx, input(asked, target)) }
    : {
        ...form,
        writes: false,
        ask: null,
        snapshot: route.snapshot ?? false,
        run: (ctx, asked, target) => route.read(ctx, input(asked, target)),
      };
}

function guardedBy(route: Route): Guarded | null {
  if (!isGuarded(route) || route.permission.need !== 'target') return null;
  return { resource: route.permission.resource, lockFirst: route.lockFirst ?? null, matches: route.matches ?? null };
}

/** Whether the operation honours `If-Match`. */
export const isGuarded = (route: Route): route is Extract<Route, { write: unknown }> =>
  'write' in route && route.permission.need === 'target' && (route.method !== 'POST' || route.matches !== undefined);
