import { CATALOGUE, type Problem } from '../../lib/errors.ts';

/** A blocker as the change itself would answer it. */
export const told = ({ code, message, facts, faults }: Problem) => ({
  code,
  title: CATALOGUE[code].title,
  detail: message,
  facts: { ...facts, ...(faults.length > 0 && { errors: faults }) },
});
