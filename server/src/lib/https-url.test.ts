import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpsUrlFault } from './https-url.ts';

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const hex = (value: number): string => `0x${value.toString(16)}`;

/** The ways in which the parser reads an IPv4 address. */
const spellings = (value: number): string[] => {
  const [a = 0, b = 0, c = 0, d = 0] = dotted(value).split('.').map(Number);
  return [
    dotted(value),
    `${dotted(value)}.`,
    String(value),
    hex(value),
    `0${value.toString(8)}`,
    `${a}.${value & 0xffffff}`,
    `${a}.${b}.${value & 0xffff}`,
    [a, b, c, d].map(hex).join('.'),
    [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.'),
    [a, b, c, d].map((part) => encodeURIComponent(String(part))).join('%2e'),
    dotted(value).replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    dotted(value).replaceAll('.', '。'),
    `[::ffff:${dotted(value)}]`,
    `[0:0:0:0:0:ffff:${dotted(value)}]`,
    `[::${dotted(value)}]`,
    `[64:ff9b::${dotted(value)}]`,
    `[2002:${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}::1]`,
  ];
};

const PRIVATE = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.1.1',
  '127.0.0.1',
  '127.255.0.3',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '224.0.0.1',
  '255.255.255.255',
];
const numberOf = (address: string): number => address.split('.').reduce((value, part) => value * 256 + Number(part), 0);

describe('a URL for others', () => {
  it.each([
    'https://cdn.acme.example/icon.png',
    'https://acme.example',
    'https://acme.example:8443/a/b?c=d&e=%20#f',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/ü.png',
    'https://8.8.8.8/icon.png',
    'https://[2606:4700::1111]/',
    'https://a_b.example/',
    'https://sso.corp.internal/token',
    'https://acme.example/@user',
    'https://localhost.example/',
    "https://acme.example/(a)*'!;,~",
  ])('%s is one', (url) => expect(httpsUrlFault(url)).toBeNull());

  it.each([
    'http://acme.example',
    'HTTPS://acme.example',
    'https:acme.example',
    'https:/acme.example',
    'https://',
    'https:///',
    'https:///acme.example',
    'https://?',
    'https://#',
    'https://:443/',
    'https://@acme.example/',
    'https://user@acme.example/',
    'https://user:password@acme.example/',
    'https://:@acme.example/',
    'https://acme.example\\@evil.example/',
    'https:\\\\acme.example',
    'https://acme.example/ ',
    ' https://acme.example/',
    'https://acme.example/\n',
    'https://acme.example/a b',
    'https://acme.example/\u0000',
    'https://acme.example/\u202e',
    'https://acme.example/"onerror="alert(1)',
    'https://acme.example/<script>',
    'https://acme.example:99999/',
    'https://acme..example/',
    'https://./',
    'https://-/',
    `https://${'a'.repeat(64)}.example/`,
    'https://localhost/',
    'https://LOCALHOST:443/',
    'https://localhost./',
    'https://api.localhost/',
    'https://%6cocalhost/',
    'https://ⓛocalhost/',
    'https://[::]/',
    'https://[::1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[ff02::1]/',
    'https://[fe80::1%25eth0]/',
    'https://[::ffff:0:127.0.0.1]/',
    'https://1.2.3.4.5/',
    'https://256.1.1.1/',
    'javascript:alert(1)',
    'https://acme.example/\ud800',
  ])('%j is none', (url) => expect(httpsUrlFault(url)).not.toBeNull());

  it.each(PRIVATE)('%s is no place for it, in no spelling', (address) => {
    for (const host of spellings(numberOf(address))) expect(httpsUrlFault(`https://${host}/icon.png`), host).not.toBeNull();
  });

  it('a public address may be one, and what is said of it is the same in every spelling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        const [verdict] = spellings(value).map((host) => httpsUrlFault(`https://${host}/`) === null);
        const odd = spellings(value)
          .filter((host) => !host.startsWith('[::') || host.startsWith('[::ffff'))
          .filter((host) => (httpsUrlFault(`https://${host}/`) === null) !== verdict);
        expect(odd).toEqual([]);
      }),
    );
    expect(httpsUrlFault('https://134744072/')).toBeNull();
  });

  it('whatever comes, it answers, and what it lets through the parser reads as https with a host and no user', () => {
    const part = fc.constantFrom(
      'https://',
      '/',
      '\\',
      '@',
      ':',
      '.',
      '%',
      '[',
      ']',
      '0',
      '127',
      'a',
      '?',
      '#',
      '\t',
      '٣',
      '。',
      '-',
      'localhost',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = `https://${parts.join('')}`;
        if (httpsUrlFault(text) !== null) return;
        const { protocol, hostname, username, password, href } = new URL(text);
        expect([protocol, username, password, hostname === '']).toEqual(['https:', '', '', false]);
        expect(httpsUrlFault(href), href).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('of a megabyte is looked through at once', () => {
    const begun = performance.now();
    for (const part of ['a', '.', '@', '%41']) httpsUrlFault(`https://${part.repeat(1_000_000 / part.length)}`);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
