import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type * as wire from './schema.ts';

export const solution: Static<typeof wire.Solution> = {
  id: EXAMPLE_IDS.solution,
  workspaceId: EXAMPLE_IDS.workspace,
  name: 'Support desk',
  createdBy: EXAMPLE_IDS.installer,
  createdAt: EXAMPLE_TIMES.installed,
  deletedAt: null,
  retentionTier: null,
};

export const solutionMember: Static<typeof wire.SolutionMember> = {
  id: EXAMPLE_IDS.solutionMember,
  workspaceId: EXAMPLE_IDS.workspace,
  solutionId: EXAMPLE_IDS.solution,
  integrationMemberId: EXAMPLE_IDS.member,
  entityId: EXAMPLE_IDS.clone,
  addedAt: EXAMPLE_TIMES.installed,
};
