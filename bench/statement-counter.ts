/** Loaded into a server before it starts (`--import`): counts the statements that it sends, and tells the number to whoever asks. */
import pg from 'pg';

const query = pg.Client.prototype.query;
let count = 0;

pg.Client.prototype.query = function counted(this: pg.Client, ...input: unknown[]) {
  count += 1;
  return Reflect.apply(query, this, input);
} as typeof query;

process.on('message', () => process.send?.(count));
process.channel?.unref();
