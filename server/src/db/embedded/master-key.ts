import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { StartError } from '../../lib/start-error.ts';

const BYTES = 32;

/** The key in `file`; `create` makes it on the first start. Throws `StartError` when it is missing later: what it sealed would be lost. */
export function masterKeyIn(file: string, create: boolean): Buffer {
  if (!existsSync(file)) {
    if (!create)
      throw new StartError(`${file} is missing: restore it from a backup, or set MORTISE_MASTER_KEY to the key that was used before.`);
    write(file, randomBytes(BYTES).toString('base64'));
  }
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64');
  if (key.length !== BYTES) throw new StartError(`${file} does not hold a key of ${BYTES} bytes in base64: restore it from a backup.`);
  return key;
}

/** Whole and on the disk, or not there at all. */
function write(file: string, text: string): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, 'w', 0o600);
  writeFileSync(handle, `${text}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, file);
}
