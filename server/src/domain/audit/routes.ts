import type { AnyRoute } from '../../route.ts';
import * as examples from './examples.ts';
import { eventResource } from './resource.ts';
import { Event } from './schema.ts';

export const eventRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listEvents',
    path: '/api/events',
    tag: 'Events',
    summary: 'List the audit events of your workspaces, newest first.',
    permission: { need: 'key' },
    list: eventResource,
    row: Event,
    example: examples.event,
  },
  {
    operationId: 'getEvent',
    path: '/api/events/{id}',
    tag: 'Events',
    summary: 'Get an audit event by ID.',
    get: eventResource,
    answer: Event,
    example: examples.event,
  },
];
