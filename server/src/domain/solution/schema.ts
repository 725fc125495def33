import { PREFIX } from '../../lib/ids.ts';
import { entityId, idOf, nullable, retentionTier, shape, text, timestamp } from '../../lib/shape.ts';

const workspaceId = idOf(PREFIX.workspace, 'The workspace that it is in.');

export const Solution = shape(
  {
    id: idOf(PREFIX.solution, 'The solution.'),
    workspaceId,
    name: text('Name, that of the integration when it was installed.', 200),
    createdBy: idOf(PREFIX.user, 'Who made it by installing.'),
    createdAt: timestamp('When it was made.'),
    deletedAt: nullable(timestamp('When its last install was uninstalled; null while active.')),
    retentionTier: nullable(retentionTier),
  },
  { $id: 'Solution' },
);

export const SolutionMember = shape(
  {
    id: idOf(PREFIX.solutionMember, 'The solution member.'),
    workspaceId,
    solutionId: idOf(PREFIX.solution, 'The solution.'),
    integrationMemberId: idOf(PREFIX.member, 'The member of an install.'),
    entityId: entityId('The entity.'),
    addedAt: timestamp('When it was added.'),
  },
  { $id: 'SolutionMember' },
);
