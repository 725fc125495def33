import type { Integration } from '../data.ts';

export const invoiceReader: Integration = {
  slug: 'invoice-reader',
  name: 'Invoice reader',
  description: 'Turns supplier invoices, scanned or mailed, into checked bookings that wait for approval.',
  visibility: 'public',
  trustTier: 'verified_partner',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release: reading and checking.',
      authConfig: { type: 'api_key', authHeaderName: 'Authorization', authValuePrefix: 'Bearer ' },
      variablesSchema: {
        type: 'object',
        properties: {
          ledgerUrl: { type: 'string', format: 'uri' },
          currency: { type: 'string', pattern: '^[A-Z]{3}$', default: 'EUR' },
          approvalAbove: { type: 'number', minimum: 0, default: 500 },
        },
        required: ['ledgerUrl'],
        additionalProperties: false,
      },
      members: {
        money: {
          kind: 'schema',
          name: 'Money',
          closure: true,
          definition: {
            type: 'object',
            properties: {
              amount: { type: 'string', pattern: '^-?[0-9]+[.][0-9]{2}$' },
              currency: { type: 'string', minLength: 3, maxLength: 3 },
            },
            required: ['amount', 'currency'],
          },
        },
        'line-item': {
          kind: 'schema',
          name: 'Line item',
          closure: true,
          definition: { type: 'object', properties: { text: { type: 'string' }, quantity: { type: 'number' }, price: { $ref: '@money' } } },
        },
        invoice: {
          kind: 'schema',
          name: 'Invoice',
          closure: true,
          definition: {
            type: 'object',
            properties: {
              number: { type: 'string' },
              issued: { type: 'string', format: 'date' },
              supplier: { type: 'string' },
              items: { type: 'array', items: { $ref: '@line-item' } },
              total: { $ref: '@money' },
            },
            required: ['number', 'supplier', 'total'],
          },
        },
        'extract-invoice': {
          kind: 'function',
          name: 'Extract invoice',
          required: true,
          definition: { accepts: ['application/pdf', 'image/jpeg'], output: { $ref: '@invoice' }, languages: ['en', 'de', 'fr'] },
        },
        'check-totals': {
          kind: 'function',
          name: 'Check totals',
          required: true,
          definition: { input: { $ref: '@invoice' }, tolerance: '0.01' },
        },
        'invoice-clerk': {
          kind: 'agent',
          name: 'Invoice clerk',
          required: true,
          dependsOn: ['extract-invoice', 'check-totals'],
          definition: {
            instructions: 'Book in {{ variables.currency }}. Ask for approval above {{ variables.approvalAbove }}. Never guess a number.',
            tools: ['@extract-invoice', '@check-totals'],
            ledger: '{{ variables.ledgerUrl }}/bookings',
          },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Finds invoices that came twice.',
      members: {
        'find-duplicates': {
          kind: 'function',
          name: 'Find duplicates',
          defaultEnabled: true,
          definition: { input: { $ref: '@invoice' }, sameIf: ['supplier', 'number'], lookBackDays: 400 },
        },
      },
    },
    {
      version: '1.2.0',
      changelog: 'Reads Spanish and Italian invoices, and photos in HEIC.',
      members: {
        'extract-invoice': {
          definition: {
            accepts: ['application/pdf', 'image/jpeg', 'image/heic'],
            output: { $ref: '@invoice' },
            languages: ['en', 'de', 'fr', 'es', 'it'],
          },
        },
      },
    },
  ],
};
