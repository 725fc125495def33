import type { AnyRoute } from '../route.ts';
import type { Endpoint } from './endpoint.ts';
import { getEndpoint } from './get-endpoint.ts';
import { listEndpoints, type Shelf } from './list-endpoint.ts';
import { verbEndpoint } from './verb-endpoint.ts';

/** The endpoints of a route. */
export function endpointsOf(route: AnyRoute, shelf: Shelf): readonly Endpoint[] {
  if ('list' in route) return listEndpoints(route, shelf);
  return ['get' in route ? getEndpoint(route) : verbEndpoint(route)];
}
