import { Problem } from '../lib/errors.ts';
import { oneOf, shape } from '../lib/shape.ts';
import { type AnyRoute, reply, route } from '../route.ts';

const Status = shape({ status: oneOf(['ok'], 'Always `ok`; anything else is a problem.') }, { $id: 'Status' });
const OK = { status: 'ok' };
const tag = 'Service';

/** For whoever runs the server. `ready` resolves when the database answers and takes writes, and its migrations are complete. */
export const serviceRoutes = (ready: () => Promise<void>): readonly AnyRoute[] => [
  route({
    operationId: 'getHealth',
    method: 'GET',
    path: '/healthz',
    tag,
    summary: 'Whether the process runs.',
    permission: { need: 'nothing' },
    answer: Status,
    example: { answer: OK },
    read: async () => reply(OK),
  }),
  route({
    operationId: 'getReadiness',
    method: 'GET',
    path: '/readyz',
    tag,
    summary: 'Whether requests can be served: the database answers and takes writes, and its migrations are complete.',
    permission: { need: 'nothing' },
    answer: Status,
    example: { answer: OK },
    read: async (ctx) => {
      await ready().catch((cause: unknown) => {
        ctx.log.warn({ err: cause, requestId: ctx.requestId }, 'not ready');
        throw new Problem('unavailable', 'The database does not answer, takes no writes, or its migrations are not complete.');
      });
      return reply(OK);
    },
  }),
];
