// Starts the embedded database on the directory given, says "ready" or why not, and stops it at SIGTERM. Run by tests as a process of its own.
import pino from 'pino';
import { startEmbedded } from '../src/db/embedded/start.ts';

try {
  const [, , dataDir = ''] = process.argv;
  const embedded = await startEmbedded({ dataDir, log: pino({ level: 'silent' }), durable: false });
  process.once('SIGTERM', () => embedded.stop());
  console.log('ready');
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
