import { describe, expect, test } from 'vitest';
import { hostOf, hostsIn } from './hosts.ts';

test.each([
  ['https://api.acme.example/v1?x=1', 'https://api.acme.example'],
  ['https://API.acme.example:443', 'https://api.acme.example'],
  ['http://api.acme.example:8080/', 'http://api.acme.example:8080'],
  ['https://api.acme.example@evil.example/', 'https://evil.example'],
  ['https://api.acme.example\\@evil.example', 'https://api.acme.example'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['postgres://db.acme.example:5432/orders', 'postgres://db.acme.example:5432'],
  ['https://{{ variables.region }}.acme.example', 'https://{{ variables.region }}.acme.example'],
  ['https://<region>.acme.example', 'https://<region>.acme.example'],
  ['api.acme.example', 'api.acme.example'],
  ['data:text/plain,x', 'data:text/plain,x'],
  ['', ''],
])('%s goes to %s', (text, host) => {
  expect(hostOf(text)).toBe(host);
});

describe('the hosts in a definition', () => {
  const definition = {
    url: 'https://a.example/x',
    servers: [{ url: 'https://b.example' }, { url: 'https://a.example/y' }, 'none'],
    named: { one: { url: { raw: 'https://c.example', more: ['https://d.example'] } } },
    note: 'https://unseen.example',
    count: 1,
  };

  test('are found where the pointers lead, at every item and property, with all that is below', () => {
    expect(hostsIn(definition, ['/url', '/servers/*/url', '/named/*/url'])).toEqual([
      'https://a.example',
      'https://b.example',
      'https://c.example',
      'https://d.example',
    ]);
    expect(hostsIn(definition, ['/servers/1/url'])).toEqual(['https://a.example']);
  });

  test('are none where nothing is, or no text', () => {
    expect(hostsIn(definition, ['/count', '/nope', '/servers/-1/url', '/servers/9/url', '/url/x', '/__proto__'])).toEqual([]);
  });
});
