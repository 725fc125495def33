import { Problem } from '../lib/errors.ts';

/** Seconds after which a client may try again. */
export const RETRY_AFTER = 1;

/** SQLSTATEs (or classes of two characters) after which the same request may well succeed later. */
const SQL_STATES = [
  '08', // connection lost
  '25006', // the server is read-only, as a standby before its promotion
  '40001', // serialization failure, more often than the transaction retries
  '40P01', // deadlock, likewise
  '53', // out of disk, memory or connections
  '55P03', // a lock was not to be had in time
  '57014', // cancelled: statement_timeout
  '57P', // shutting down, crashed, starting up
  '58', // the database's disk fails
] as const;

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EMFILE',
]);

/** What pg throws without a code: it lost the connection, or waited too long for one or for an answer. */
const MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^Query read timeout/,
  /^Client has encountered a connection error/,
  /^Client was closed/,
  /^Cannot use a pool after calling end/,
];

const SQL_STATE = /^[0-9A-Z]{5}$/;

/** 503 when the database cannot be reached, is too busy or takes no writes; null for any other error. */
export function unavailable(cause: Error): Problem | null {
  const code = 'code' in cause ? String(cause.code) : '';
  const down =
    NETWORK.has(code) ||
    (SQL_STATE.test(code) && SQL_STATES.some((state) => code.startsWith(state))) ||
    MESSAGES.some((message) => message.test(cause.message));
  return down ? new Problem('unavailable', `The database cannot serve this request now. Try again in ${RETRY_AFTER} s.`) : null;
}
