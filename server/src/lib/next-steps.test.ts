import { describe, expect, test } from 'vitest';
import { CATALOGUE, type ErrorCode } from './errors.ts';
import { endsInStep, NEXT_STEPS, withNextStep } from './next-steps.ts';

describe.each(Object.keys(CATALOGUE) as ErrorCode[])('%s', (code) => {
  test('has a next step, and every detail ends in it or in a better one', () => {
    expect(endsInStep(NEXT_STEPS[code])).toBe(true);
    expect(withNextStep(code, 'Something is wrong.')).toBe(`Something is wrong. ${NEXT_STEPS[code]}`);
    expect(withNextStep(code, 'It is wrong. Take another one.')).toBe('It is wrong. Take another one.');
  });
});

describe('a step', () => {
  test.each([
    ['The slug x is taken. Choose another one.', true],
    ['1.2.0 was published already (intver_1); publish under a higher version.', true],
    ['Send a Host header.', true],
    ['The key is not for pages of x. Use one that is, or mint one whose `origins` name it.', true],
    ['Twice.', false],
    ['Use it. It is broken.', false],
    ['The user is a member already.', false],
    ['/name is required.', false],
    ['', false],
  ])('%j: %s', (detail, step) => {
    expect(endsInStep(detail)).toBe(step);
  });
});
