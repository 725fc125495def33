import type { Answer } from '../api.ts';

const OWN = /[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}|\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** An answer without what differs from request to request: its id, the id that was asked for, and ids and times of what it made. */
export function seen({ status, headers, body }: Answer, id: string) {
  const { 'x-request-id': requestId, date: _date, 'content-length': _length, ...others } = headers;
  const plain = (value: unknown) =>
    JSON.stringify(value).replaceAll(id, '<id>').replaceAll(String(requestId), '<request>').replace(OWN, '<made>');
  return { status, headers: plain(others), text: plain(body) };
}
