import type { Integration } from '../data.ts';

export const incidentScribe: Integration = {
  slug: 'incident-scribe',
  name: 'Incident scribe',
  description: 'Follows an incident, keeps the timeline, and drafts the review while everybody still remembers.',
  visibility: 'public',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release.',
      dependencies: [{ integration: 'harborline/on-call-handbook', range: '>=1.0.0', optional: true }],
      members: {
        timeline: {
          kind: 'schema',
          name: 'Timeline',
          closure: true,
          definition: {
            type: 'array',
            items: {
              type: 'object',
              properties: { at: { type: 'string', format: 'date-time' }, what: { type: 'string' }, who: { type: 'string' } },
            },
          },
        },
        listener: {
          kind: 'agent',
          name: 'Listener',
          required: true,
          definition: { instructions: 'Note every action and observation with its time. Judge nothing.', output: { $ref: '@timeline' } },
        },
        'review-writer': {
          kind: 'agent',
          name: 'Review writer',
          required: true,
          definition: {
            instructions: 'Write a review without blame: what happened, why it made sense, what would help.',
            input: { $ref: '@timeline' },
          },
        },
        'incident-crew': {
          kind: 'swarm',
          name: 'Incident crew',
          required: true,
          dependsOn: ['listener', 'review-writer'],
          definition: { agents: ['@listener', '@review-writer'], handOver: 'when the incident is closed' },
        },
      },
    },
    {
      version: '2.0.0',
      changelog: 'Reviews go straight into your archive: tell it where that is.',
      variablesSchema: {
        type: 'object',
        properties: { archiveUrl: { type: 'string', format: 'uri' }, shareWith: { type: 'string', default: 'engineering' } },
        required: ['archiveUrl'],
        additionalProperties: false,
      },
      members: {
        'archive-review': {
          kind: 'function',
          name: 'Archive review',
          required: true,
          definition: { put: '{{ variables.archiveUrl }}/reviews', audience: '{{ variables.shareWith }}' },
        },
        'incident-crew': {
          dependsOn: ['listener', 'review-writer', 'archive-review'],
          definition: { agents: ['@listener', '@review-writer'], handOver: 'when the incident is closed', finally: '@archive-review' },
        },
      },
    },
  ],
};
