import type { Integration } from '../data.ts';

export const vendorReview: Integration = {
  slug: 'vendor-review',
  name: 'Vendor review',
  description: 'Asks a new supplier the right questions and weighs the answers. Made for Fernhill, who were granted it.',
  visibility: 'private',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release.',
      variablesSchema: {
        type: 'object',
        properties: { riskLimit: { type: 'integer', minimum: 1, maximum: 10, default: 6 }, reviewer: { type: 'string', format: 'email' } },
        required: ['reviewer'],
        additionalProperties: false,
      },
      members: {
        questionnaire: {
          kind: 'knowledge_base',
          name: 'Questionnaire',
          required: true,
          definition: { sections: { data: ['Where is it kept?', 'Who can read it?'], continuity: ['What if you are down for a day?'] } },
        },
        'weigh-answers': {
          kind: 'function',
          name: 'Weigh answers',
          required: true,
          definition: { scale: 10, limit: '{{ variables.riskLimit }}' },
        },
        interviewer: {
          kind: 'agent',
          name: 'Interviewer',
          required: true,
          dependsOn: ['questionnaire', 'weigh-answers'],
          definition: { asks: '@questionnaire', tools: ['@weigh-answers'], reportTo: '{{ variables.reviewer }}' },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Questions about subcontractors.',
      members: {
        questionnaire: {
          definition: {
            sections: {
              data: ['Where is it kept?', 'Who can read it?'],
              continuity: ['What if you are down for a day?'],
              subcontractors: ['Who else touches it?', 'How do you tell us of a new one?'],
            },
          },
        },
      },
    },
  ],
};
