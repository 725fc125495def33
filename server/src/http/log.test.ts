import { expect, it } from 'vitest';
import { createLog } from './log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(
    createLog('trace', {
      write: (line) => {
        text += line;
      },
    }),
  );
  return text;
}

it.each(['authorization', 'secret', 'apiKey', 'accessToken', 'refreshToken', 'password', 'masterKey'])(
  'SEC-01 %s is redacted wherever it stands',
  (name) => {
    const text = logged((log) => {
      log.info({ [name]: 'canary' });
      log.info({ headers: { [name]: 'canary' } });
      log.trace({ request: { headers: { [name]: 'canary' } } });
    });
    expect(text.match(/\[redacted\]/g)).toHaveLength(3);
    expect(text).not.toContain('canary');
  },
);

it('an error of the database tells its code and constraint, never the row', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    constraint: 'users_email',
    detail: 'Key (email)=(canary) exists',
    where: 'canary',
  });
  const text = logged((log) => log.error({ err: cause }));
  expect(JSON.parse(text).err).toMatchObject({ type: 'Error', message: 'duplicate key', code: '23505', constraint: 'users_email' });
  expect(text).not.toContain('canary');
});

it('what is thrown without being an error tells only its type', () => {
  expect(logged((log) => log.error({ err: 'canary' }))).toContain('"err":{"type":"string"}');
});
