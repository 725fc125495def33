import type { AnyRoute } from '../../route.ts';
import * as examples from './examples.ts';
import { solutionMemberResource, solutionResource } from './resource.ts';
import * as wire from './schema.ts';

const tag = 'Solutions';

export const solutionRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listSolutions',
    path: '/api/solutions',
    tag,
    summary: 'List the solutions of your workspaces: what each top-level install and its add-ons brought.',
    permission: { need: 'key' },
    list: solutionResource,
    row: wire.Solution,
    example: examples.solution,
  },
  {
    operationId: 'getSolution',
    path: '/api/solutions/{id}',
    tag,
    summary: 'Get a solution by ID.',
    get: solutionResource,
    answer: wire.Solution,
    example: examples.solution,
  },
  {
    operationId: 'listSolutionMembers',
    path: '/api/solution-members',
    tag,
    summary: 'List the entities of solutions.',
    permission: { need: 'key' },
    list: solutionMemberResource,
    row: wire.SolutionMember,
    example: examples.solutionMember,
  },
];
