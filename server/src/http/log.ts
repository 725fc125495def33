import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/** Names under which something secret might reach the log by mistake, at most two levels deep. */
const SECRET = [
  'authorization',
  'cookie',
  'secret',
  'apiKey',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'password',
  'token',
  'masterKey',
];
const PATHS = SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** What is safe to know of an error. A database error's `detail` and `where` quote rows, so they stay out. */
function serializeError(cause: unknown): object {
  if (!(cause instanceof Error)) return { type: typeof cause };
  const { type, message, stack } = stdSerializers.err(cause);
  const known = cause as { code?: unknown; constraint?: unknown; table?: unknown };
  return { type, message, code: known.code, constraint: known.constraint, table: known.table, stack };
}

/** The log of the server: one JSON object a line, in the order of events. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, redact: { paths: PATHS, censor: '[redacted]' }, serializers: { err: serializeError } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
