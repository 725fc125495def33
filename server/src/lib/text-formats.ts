/** The formats of wire shapes: text → what is wrong with it, or null. Each takes linear time, whatever comes. */
import { httpsUrlFault } from './https-url.ts';
import { nameFault, proseFault } from './names.ts';
import { isTimestamp } from './timestamp.ts';

/** An RFC 9110 token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Say where a message ends or who is meant: whoever sets them for others speaks in their place. */
const FRAMING = new Set('connection content-length host keep-alive proxy-connection te trailer transfer-encoding upgrade'.split(' '));

function headerNameFault(text: string): string | null {
  if (!TOKEN.test(text)) return 'must be the name of an HTTP header, such as X-Api-Key';
  return FRAMING.has(text.toLowerCase()) ? 'must not be a header that frames the message or says for whom it is' : null;
}

/** A browser says neither path nor default port nor capitals: another spelling would match no page. */
export const originFault = (text: string): string | null =>
  /^https?:/.test(text) && URL.parse(text)?.origin === text
    ? null
    : 'must be an origin as browsers send it, such as https://app.example.com';

const MAILBOX = /^[^@\s\p{C}\p{Z}]+@[^@\s\p{C}\p{Z}]+$/u;

const unless = (rule: RegExp, sentence: string) => (text: string) => (rule.test(text) ? null : sentence);

export const TEXT_FORMATS = {
  'date-time': (text: string) => (isTimestamp(text) ? null : 'must be an ISO 8601 time such as 2030-01-31T12:00:00Z'),
  name: nameFault,
  prose: proseFault,
  'https-url': httpsUrlFault,
  'header-name': headerNameFault,
  'header-prefix': unless(/^[ -~]*$/, 'must be visible ASCII and blanks, such as `Bearer `'),
  'scope-token': unless(/^[!#-[\]-~]+$/, 'must be a scope as OAuth has them: visible ASCII without blanks, quotes and backslashes'),
  origin: originFault,
  mailbox: unless(MAILBOX, 'must be an email address'),
} as const satisfies Record<string, (text: string) => string | null>;
/** What a pattern can say of them, for whoever writes a client. */
export const FORMAT_PATTERNS: Readonly<Record<string, string>> = {
  prose: '^(\\r\\n|[\\t\\n]|[^\\u0000-\\u001f\\u007f-\\u009f])*$',
  'https-url': '^https://[^\\s/?#\\\\]\\S*$',
  origin: '^https?://[^\\s/?#]+$',
  'header-name': "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  'header-prefix': '^[ -~]*$',
  'scope-token': '^[!#-\\[\\]-~]+$',
};

export type TextFormat = keyof typeof TEXT_FORMATS;
