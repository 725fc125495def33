import type { Integration } from '../data.ts';

export const costWatch: Integration = {
  slug: 'cost-watch',
  name: 'Cloud cost watch',
  description: 'Explains the bill every Monday, and says at once when a day costs more than it should.',
  visibility: 'public',
  trustTier: 'verified_partner',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release.',
      authConfig: { type: 'api_key', authHeaderName: 'X-Billing-Token' },
      variablesSchema: {
        type: 'object',
        properties: {
          monthlyBudget: { type: 'number', exclusiveMinimum: 0 },
          alertAt: { type: 'number', minimum: 0.1, maximum: 2, default: 0.8 },
        },
        required: ['monthlyBudget'],
        additionalProperties: false,
      },
      members: {
        'bill-reader': {
          kind: 'connector',
          name: 'Bill reader',
          required: true,
          forkOnInstall: false,
          definition: { baseUrl: 'https://billing.cloud.example/v1', granularity: 'day', groupBy: ['service', 'team'] },
        },
        'forecast-model': { kind: 'model', name: 'Forecast', required: true, definition: { method: 'seasonal', history: 'P90D' } },
        'cost-analyst': {
          kind: 'agent',
          name: 'Cost analyst',
          required: true,
          definition: {
            instructions: 'Explain in three sentences where the money went. The budget is {{ variables.monthlyBudget }}.',
            source: '@bill-reader',
            forecast: '@forecast-model',
          },
        },
        'budget-alarm': {
          kind: 'workflow',
          name: 'Budget alarm',
          defaultEnabled: true,
          definition: { trigger: { cron: '0 * * * *' }, alertAt: '{{ variables.alertAt }}', ask: '@cost-analyst' },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Finds machines that nobody uses.',
      members: {
        'idle-finder': {
          kind: 'function',
          name: 'Idle finder',
          defaultEnabled: true,
          definition: { source: '@bill-reader', idleBelow: 0.05, forDays: 14 },
        },
      },
    },
  ],
};
