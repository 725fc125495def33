import type { Integration } from '../data.ts';

export const translationDesk: Integration = {
  slug: 'translation-desk',
  name: 'Translation desk',
  description: 'Translates texts with your terms, and has every translation read by a second agent.',
  visibility: 'unlisted',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release: German, French and Japanese.',
      variablesSchema: {
        type: 'object',
        properties: {
          brandName: { type: 'string', minLength: 1 },
          formality: { enum: ['formal', 'informal'], default: 'formal' },
        },
        required: ['brandName'],
        additionalProperties: false,
      },
      defaults: { memberPolicy: 'manual' },
      members: {
        'term-base': {
          kind: 'knowledge_base',
          name: 'Terms',
          required: true,
          definition: { keep: ['{{ variables.brandName }}'], terms: [{ en: 'checkout', de: 'Kasse', fr: 'paiement', ja: 'お会計' }] },
        },
        'translate-de': {
          kind: 'agent',
          name: 'German translator',
          definition: { to: 'de', terms: '@term-base', formality: '{{ variables.formality }}' },
        },
        'translate-fr': {
          kind: 'agent',
          name: 'French translator',
          definition: { to: 'fr', terms: '@term-base', formality: '{{ variables.formality }}' },
        },
        'translate-ja': {
          kind: 'agent',
          name: 'Japanese translator',
          definition: { to: 'ja', terms: '@term-base', formality: '{{ variables.formality }}' },
        },
        'second-reader': {
          kind: 'agent',
          name: 'Second reader',
          required: true,
          definition: {
            instructions: 'Read the translation alone first, then against the original. Mark what a native would not say.',
            terms: '@term-base',
          },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Terms for delivery and returns.',
      members: {
        'term-base': {
          definition: {
            keep: ['{{ variables.brandName }}'],
            terms: [
              { en: 'checkout', de: 'Kasse', fr: 'paiement', ja: 'お会計' },
              { en: 'return label', de: 'Retourenschein', fr: 'étiquette de retour', ja: '返品ラベル' },
            ],
          },
        },
      },
    },
  ],
};
