/** Whether `value` is `divisor` times an integer, in decimal: 0.3 is a multiple of 0.1, though not in binary. `divisor` > 0. */
export function isMultipleOf(value: number, divisor: number): boolean {
  const [a, aExponent] = decimalOf(value);
  const [b, bExponent] = decimalOf(divisor);
  const exponent = Math.min(aExponent, bExponent);
  return scaled(a, aExponent - exponent) % scaled(b, bExponent - exponent) === 0n;
}

/** The number as integer × 10^exponent. */
function decimalOf(value: number): [integer: bigint, exponent: number] {
  const [coefficient = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = coefficient.split('.');
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

const scaled = (integer: bigint, tens: number): bigint => integer * 10n ** BigInt(tens);
