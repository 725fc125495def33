import { expect, test } from 'vitest';
import { expectedDefinition } from './expected.ts';

const clones = new Map([['sch_source', 'sch_clone']]);
const variables = { host: 'example.org', port: 8080, tls: true, tags: ['a'], 'odd-name': 'x' };
const rendered = (text: string) => expectedDefinition({ text }, clones, variables).text;

test('a whole string that is the id of a cloned entity becomes the clone, at every depth; keys stay', () => {
  const definition = { sch_source: ['sch_source', { a: 'sch_source', b: 'see sch_source' }] };
  expect(expectedDefinition(definition, clones, {})).toEqual({ sch_source: ['sch_clone', { a: 'sch_clone', b: 'see sch_source' }] });
});

test.each([
  ['{{ variables.port }}', 8080],
  ['{{variables.tls}}', true],
  ['{{ variables.tags }}', ['a']],
  ['{{ variables.unset }}', null],
  ['{{ variables.odd-name }}', 'x'],
])('the token %s alone gives the typed value', (text, value) => {
  expect(rendered(text)).toEqual(value);
});

test.each([
  ['http://{{ variables.host }}:{{variables.port}}/', 'http://example.org:8080/'],
  ['{{ variables.host }}{{ variables.port }}', 'example.org8080'],
  ['[{{ variables.unset }}]', '[]'],
  ['tags {{ variables.tags }}', 'tags ["a"]'],
  ['{{ secrets.key }} {{ other }} {{ variables.host', '{{ secrets.key }} {{ other }} {{ variables.host'],
  ['', ''],
])('%s becomes %s', (text, value) => {
  expect(rendered(text)).toBe(value);
});
