import type { Integration } from '../data.ts';

export const quoteBuilder: Integration = {
  slug: 'quote-builder',
  name: 'Quote builder',
  description: 'Writes quotes from a deal in the CRM: prices, terms, and a covering letter. Needs CRM sync.',
  visibility: 'public',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release.',
      dependencies: [{ integration: 'lanternworks/crm-sync', range: '^1.1.0' }],
      variablesSchema: {
        type: 'object',
        properties: {
          companyName: { type: 'string', minLength: 1 },
          validDays: { type: 'integer', minimum: 1, maximum: 365 },
          discountLimit: { type: 'number', minimum: 0, maximum: 0.5 },
        },
        required: ['companyName'],
        additionalProperties: false,
      },
      defaults: { variables: { validDays: 30, discountLimit: 0.1 } },
      members: {
        'price-list': {
          kind: 'knowledge_base',
          name: 'Price list',
          required: true,
          definition: {
            currency: 'EUR',
            items: [
              { sku: 'START', price: '490.00' },
              { sku: 'TEAM', price: '1290.00' },
            ],
          },
        },
        'covering-letter': {
          kind: 'prompt',
          name: 'Covering letter',
          defaultEnabled: true,
          definition: {
            template: 'Thank them for the talk and name the one thing they cared about most. {{ variables.companyName }} signs.',
          },
        },
        'quote-writer': {
          kind: 'agent',
          name: 'Quote writer',
          required: true,
          definition: {
            instructions: 'Quote from the price list only. Discounts up to {{ variables.discountLimit }} need nobody.',
            prices: '@price-list',
            letter: '@covering-letter',
            validDays: '{{ variables.validDays }}',
          },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Quotes come as PDF, and are followed up after a week.',
      members: {
        'render-pdf': { kind: 'function', name: 'Render PDF', required: true, definition: { paper: 'A4', font: 'serif' } },
        'quote-follow-up': {
          kind: 'workflow',
          name: 'Quote follow-up',
          defaultEnabled: true,
          definition: { trigger: { afterDays: 7 }, steps: [{ ask: '@quote-writer', about: 'the open quote' }] },
        },
        'quote-writer': {
          definition: {
            instructions: 'Quote from the price list only. Discounts up to {{ variables.discountLimit }} need nobody.',
            prices: '@price-list',
            letter: '@covering-letter',
            output: '@render-pdf',
            validDays: '{{ variables.validDays }}',
          },
        },
      },
    },
  ],
};
