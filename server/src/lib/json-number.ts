/** Up to this many characters, a literal without exponent has at most 15 digits, which a double always keeps. */
const SAFE_LENGTH = 15;

/**
 * The value of a number literal of JSON, or null when a double would change it: an integer past 2^53, more digits than a double
 * keeps, out of range, or so small that it becomes 0. `-0` gives 0, which is what JSON makes of it.
 */
export function exactNumber(literal: string): number | null {
  const value = Number(literal);
  if (!isKept(literal, value)) return null;
  return value === 0 ? 0 : value;
}

function isKept(literal: string, value: number): boolean {
  if (literal.length <= SAFE_LENGTH && !/[eE]/.test(literal)) return true;
  const shortest = String(value);
  return shortest === literal || (Number.isFinite(value) && sameDecimal(decimalOf(literal), decimalOf(shortest)));
}

/** `digits` × 10^`exponent`: digits without zeros at either end. Zero has no digits. The sign is left out, a double keeps it. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const sameDecimal = (a: Decimal, b: Decimal): boolean => a.digits === b.digits && a.exponent === b.exponent;

function decimalOf(literal: string): Decimal {
  const [coefficient = '', exponent = '0'] = literal.split(/[eE]/);
  const [whole = '', fraction = ''] = coefficient.replace('-', '').split('.');
  const digits = whole + fraction;
  const end = endOfDigits(digits);
  if (end === 0) return { digits: '', exponent: 0 };
  return { digits: digits.slice(startOfDigits(digits), end), exponent: Number(exponent) - fraction.length + (digits.length - end) };
}

/** Loops, since an expression like `0+$` takes quadratic time on a megabyte of zeros. */
function startOfDigits(digits: string): number {
  let start = 0;
  while (digits[start] === '0') start++;
  return start;
}

function endOfDigits(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return end;
}
