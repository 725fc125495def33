import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { declaredLength, receive } from './receive.ts';

afterEach(() => vi.useRealTimers());

const code = (promise: Promise<unknown>) => promise.then(String, (problem) => problem.code);

describe('a body that is received', () => {
  it('is what was sent, whether it says how long it is or not', async () => {
    for (const declared of [9, null]) {
      const body = new PassThrough();
      const received = receive(body, declared, 10);
      for (const part of ['{"a"', ':', '"bc']) body.write(part);
      body.end('"'.slice(0, declared === null ? 1 : 0) || '');
      expect((await received.catch((problem) => problem.code)).toString()).toBe(declared === null ? '{"a":"bc"' : 'invalid_request');
    }
  });

  it('is refused when it is longer than may be, or than it said, or ends too soon', async () => {
    const sent = (declared: number | null, text: string) => {
      const body = new PassThrough();
      const received = code(receive(body, declared, 4));
      body.end(text);
      return received;
    };
    expect(await sent(null, '12345')).toBe('payload_too_large');
    expect(await sent(3, '12345')).toBe('payload_too_large');
    expect(await sent(4, '123')).toBe('invalid_request');
    const body = new PassThrough();
    const received = code(receive(body, 4, 4));
    body.destroy();
    expect(await received).toBe('invalid_request');
  });

  it('is given up when it dawdles, and not while it comes at a pace', async () => {
    vi.useFakeTimers();
    const [slow, steady] = [new PassThrough(), new PassThrough()];
    const given = [code(receive(slow, 3_000_000, 4_000_000)), code(receive(steady, 30, 40))];
    slow.write('x'.repeat(100));
    for (let second = 0; second < 30; second++) {
      steady.write('x');
      await vi.advanceTimersByTimeAsync(1_000);
    }
    steady.end();
    expect(await given[0]).toBe('request_timeout');
    expect(await given[1]).toBe('x'.repeat(30));
  });

  it('says how long it is, but where it comes in chunks', () => {
    expect(declaredLength({ headers: {} })).toBe(0);
    expect(declaredLength({ headers: { 'content-length': '12' } })).toBe(12);
    expect(declaredLength({ headers: { 'transfer-encoding': 'chunked' } })).toBeNull();
  });
});
