import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseQueryString } from './query-string.ts';

const wellFormed = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed() && !text.includes('\0'));

it('what a client encodes arrives as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(wellFormed, wellFormed), (query) => {
      const sent = Object.entries(query).filter(([name, value]) => name !== '' || value !== '');
      expect(Object.entries(parseQueryString(`/path?${new URLSearchParams(sent)}`))).toEqual(sent);
    }),
  );
});

it('any text is read or refused as a problem', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      try {
        parseQueryString(`/path?${text}`);
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'invalid_request' });
      }
    }),
  );
});

it.each(['/path', '/path?', '/path?&&'])('%s has no parameters', (url) => {
  expect(parseQueryString(url)).toEqual({});
});

it('every fault is named at once', () => {
  expect(() => parseQueryString('/path?a=1&a=2&b=%zz')).toThrow(
    'The parameter a is given twice. The parameter b is not percent-encoded UTF-8 without NUL.',
  );
});
