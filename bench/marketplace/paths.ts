import { fileURLToPath } from 'node:url';

export const MIGRATIONS = fileURLToPath(new URL('../../server/migrations', import.meta.url));
