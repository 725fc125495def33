import type { Static } from 'typebox';
import { EXAMPLE_IDS } from '../../../lib/example-ids.ts';
import type { VersionDiff } from './schema.ts';

export const versionDiff: Static<typeof VersionDiff> = {
  from: { id: EXAMPLE_IDS.firstVersion, version: '1.0.0' },
  to: { id: EXAMPLE_IDS.version, version: '1.1.0' },
  members: {
    added: [],
    removed: [],
    renamed: [{ slug: 'lookup-order', before: 'lookup' }],
    changed: [
      {
        slug: 'triage',
        flags: [{ flag: 'dependsOn', before: [], after: ['lookup-order'] }],
        patch: [{ op: 'replace', path: '/prompt', value: 'Answer in {{ variables.language }}.' }],
        patchOmitted: null,
      },
    ],
  },
  variables: {
    added: ['language'],
    removed: [],
    changed: [],
    required: [],
    optional: [],
    patch: [{ op: 'add', path: '/properties/language', value: { type: 'string', enum: ['en', 'de', 'fr'], default: 'en' } }],
  },
  auth: { patch: [] },
  dependencies: [{ integration: 'acme/ticket-store', before: null, after: { range: '^2.1' } }],
  consent: [],
  semver: {
    least: 'minor',
    made: 'minor',
    fits: true,
    reasons: [
      'minor: the member lookup is renamed to lookup-order',
      'patch: the definition of triage changed',
      'minor: the variable language is new',
    ],
  },
};
