import type { Answer, Caller } from '../api.ts';
import type { MadeRequest } from './requests.ts';
import { filled, filledText, type Known, writeJson } from './tokens.ts';

/** A request as it goes out: every token filled with what is known by now. */
export interface SentRequest {
  readonly url: string;
  readonly body: string | undefined;
}

export function written({ operation, id, query, body }: MadeRequest, known: Known): SentRequest {
  const path = operation.path.replace('{id}', () => escaped(filledText(id, known)));
  const fields = Object.entries(query).map(([name, value]) => `${escaped(name)}=${escaped(queryText(value, known))}`);
  return {
    url: `${path}${fields.length === 0 ? '' : `?${fields.join('&')}`}`,
    body: body === undefined ? undefined : writeJson(filled(body, known)),
  };
}

export const send = ({ operation, headers }: MadeRequest, { url, body }: SentRequest, caller: Caller): Promise<Answer> =>
  caller.call(operation.method, url, body, headers);

/** A list is its items with commas; text that is JSON has its tokens inside. */
function queryText(value: unknown, known: Known): string {
  if (Array.isArray(value)) return value.map((item) => queryText(item, known)).join(',');
  return String(value).replace(/«[^«»]*»/g, (token) => filledText(token.replace(/^«raw (.*)»$/, '$1'), known));
}

const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());
