import { describe, expect, test } from 'vitest';
import { codingOf } from './codings.ts';

describe('Accept-Encoding', () => {
  test.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP;Q=1', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['gzip;q=0.5', 'gzip'],
    ['gzip ; q=0.5 , br ; q=0.25', 'gzip'],
    ['gzip;q=0', null],
    ['', null],
    ['identity', null],
    ['deflate, zstd', null],
    ['identity, gzip;q=0.5', null],
    ['*;q=0', null],
    ['gzip;q=x', null],
    ['gzip;level=9', null],
  ])('%j chooses %s', (accepted, coding) => {
    expect(codingOf(accepted)).toBe(coding);
  });
});
