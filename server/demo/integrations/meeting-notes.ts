import type { Integration } from '../data.ts';

export const meetingNotes: Integration = {
  slug: 'meeting-notes',
  name: 'Meeting notes',
  description: 'Writes the minutes, collects decisions and tasks, and mails everybody what they promised.',
  visibility: 'public',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release.',
      variablesSchema: {
        type: 'object',
        properties: {
          language: { type: 'string', default: 'en' },
          keepTranscriptDays: { type: 'integer', minimum: 0, default: 30 },
          glossary: { type: 'array', items: { type: 'string' } },
        },
        additionalProperties: false,
      },
      members: {
        minutes: {
          kind: 'schema',
          name: 'Minutes',
          closure: true,
          definition: {
            type: 'object',
            properties: {
              decisions: { type: 'array', items: { type: 'string' } },
              tasks: { type: 'array', items: { type: 'object', properties: { who: { type: 'string' }, what: { type: 'string' } } } },
            },
          },
        },
        'minutes-style': {
          kind: 'prompt',
          name: 'Minutes style',
          defaultEnabled: true,
          definition: { template: 'Decisions first, then tasks, then the rest in five sentences. Language: {{ variables.language }}.' },
        },
        'note-taker': {
          kind: 'agent',
          name: 'Note taker',
          required: true,
          definition: {
            instructions: 'Listen, and write minutes that somebody who was not there understands.',
            style: '@minutes-style',
            glossary: '{{ variables.glossary }}',
            output: { $ref: '@minutes' },
          },
        },
        'follow-up-mail': {
          kind: 'function',
          name: 'Follow-up mail',
          defaultEnabled: true,
          definition: { input: { $ref: '@minutes' }, to: 'attendees', subject: 'What we decided' },
        },
        'forget-transcripts': {
          kind: 'workflow',
          name: 'Forget transcripts',
          defaultEnabled: true,
          definition: { trigger: { cron: '0 3 * * *' }, steps: [{ deleteOlderThanDays: '{{ variables.keepTranscriptDays }}' }] },
        },
      },
    },
    {
      version: '1.0.1',
      changelog: 'The follow-up mail goes to absentees too.',
      members: {
        'follow-up-mail': { definition: { input: { $ref: '@minutes' }, to: 'invited', subject: 'What we decided' } },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Tasks carry a date. The mail says who owes what by when.',
      members: {
        minutes: {
          definition: {
            type: 'object',
            properties: {
              decisions: { type: 'array', items: { type: 'string' } },
              tasks: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: { who: { type: 'string' }, what: { type: 'string' }, due: { type: 'string', format: 'date' } },
                },
              },
            },
          },
        },
        'follow-up-mail': { definition: { input: { $ref: '@minutes' }, to: 'invited', subject: 'What we decided, and by when' } },
        'task-reminder': { kind: 'function', name: 'Task reminder', definition: { input: { $ref: '@minutes' }, daysBefore: 1 } },
      },
    },
  ],
};
