import type { AnyRoute } from '../route.ts';
import { apiKeyRoutes } from './api-key/routes.ts';
import { eventRoutes } from './audit/routes.ts';
import { authStateRoutes } from './auth-state/routes.ts';
import { bundleRoutes } from './bundle/routes.ts';
import { entityRoutes } from './entity/routes.ts';
import { installRoutes } from './install/routes.ts';
import { integrationRoutes } from './integration/routes.ts';
import { solutionRoutes } from './solution/routes.ts';
import { workspaceRoutes } from './workspace/routes.ts';

/** The whole API, as data. */
export const allRoutes: readonly AnyRoute[] = [
  ...integrationRoutes,
  ...installRoutes,
  ...bundleRoutes,
  ...solutionRoutes,
  ...entityRoutes,
  ...authStateRoutes,
  ...workspaceRoutes,
  ...apiKeyRoutes,
  ...eventRoutes,
];
