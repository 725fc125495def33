/** Of the error catalogue, what no request gets past: it cannot be read, or nobody knows whose it is. See `errors.ts`. */
export const READING_ERRORS = {
  invalid_json: {
    status: 400,
    title: 'The JSON cannot be read',
    explain:
      'The body (or a JSON query parameter) is not JSON that can be stored unaltered: malformed, not UTF-8, nested deeper than 64, with a duplicate key, a number that would change, a NUL or a lone surrogate. `errors` points at the place. Correct it and send it again.',
  },
  invalid_request: {
    status: 400,
    title: 'The request is malformed',
    explain:
      'A path id, query parameter or header is not of its form. `errors` names each one (`query:<name>`, `path:<name>`, `header:<name>`) with what is expected. Unknown query parameters are refused, never ignored.',
  },
  invalid_filter: {
    status: 400,
    title: 'The filter cannot be used',
    explain:
      'The filter names a field, relation or operator that this list does not have, gives it a value of another type, or is over a limit. The message says which and what is allowed.',
  },
  invalid_order: {
    status: 400,
    title: 'The order cannot be used',
    explain: 'orderBy is an array of up to five `{ field: direction }` objects. The message says which key or direction is not known.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor cannot be used',
    explain:
      'A cursor belongs to the order it was made with and is used as it was given. Take `startCursor` or `endCursor` from a page of the same list and order, and send one of `after` and `before`.',
  },
  unauthenticated: {
    status: 401,
    title: 'A valid key is needed',
    explain: 'The request carries no bearer token, or one that is unknown, expired or revoked. Send `Authorization: Bearer sec_…`.',
  },
} as const satisfies Record<string, { status: number; title: string; explain: string }>;
