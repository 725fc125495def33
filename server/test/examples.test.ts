import { expect, test } from 'vitest';
import { draft } from '../src/domain/integration/examples.ts';
import { formFaults } from '../src/domain/integration/manifest.ts';
import { EXAMPLE_IDS } from '../src/lib/example-ids.ts';
import { isId } from '../src/lib/ids.ts';
import { must } from '../src/lib/must.ts';
import { faultsOf, OPERATIONS } from './contract/document.ts';

test.each(OPERATIONS)('the example answer of $operationId fits its schema', ({ success: { schema, example } }) => {
  expect(faultsOf(schema, must(example, 'every operation has an example answer'))).toEqual([]);
});

const BODIES = OPERATIONS.flatMap(({ operationId, body }) => (body === null ? [] : [{ operationId, ...body }]));

test.each(BODIES)('the example body of $operationId fits its schema', ({ schema, example }) => {
  expect(faultsOf(schema, must(example, 'every body has an example'))).toEqual([]);
});

test('the ids of the examples are ids', () => {
  expect(Object.values(EXAMPLE_IDS).filter((id) => !isId(id))).toEqual([]);
});

test('the integration of the examples could be written as it stands', () => {
  expect(formFaults(draft)).toEqual([]);
});
