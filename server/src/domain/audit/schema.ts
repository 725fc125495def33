import { PREFIX } from '../../lib/ids.ts';
import { idOf, jsonObject, nullable, shape, text, timestamp } from '../../lib/shape.ts';

export const Event = shape(
  {
    id: idOf(PREFIX.event, 'The event.'),
    workspaceId: nullable(idOf(PREFIX.workspace, 'Where it happened; null: platform-wide.')),
    type: text('What happened, such as `integration.published`.', 100),
    actorId: nullable(idOf(PREFIX.user, 'Who did it, or who minted the key that did. Null: somebody of another workspace.')),
    keyId: nullable(idOf(PREFIX.apiKey, 'The key that did it. Null: one of another workspace, or none.')),
    subjectId: text('What it happened to.', 40),
    requestId: text('The request that did it.', 128),
    data: jsonObject('Details by type; never a secret.'),
    createdAt: timestamp('When it happened.'),
  },
  { $id: 'Event' },
);
