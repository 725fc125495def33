/** The value, or an error that says why it had to be there. For what the code around it guarantees, not for input. */
export function must<T>(value: T | null | undefined, why: string): T {
  if (value === null || value === undefined) throw new Error(`broken promise: ${why}`);
  return value;
}
