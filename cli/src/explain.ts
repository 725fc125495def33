import type { MortiseError } from '@mortise/sdk/errors';

/** What the server said, with the faults that its sentence leaves out. */
export function explain({ detail, errors }: MortiseError): string {
  const untold = errors.filter(({ message }) => !detail.includes(message));
  return [detail, ...untold.map(({ pointer, message }) => `${pointer} ${message}.`)].join(' ');
}
