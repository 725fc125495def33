import { aside } from '../../../lib/aside.ts';
import patch, { type Definitions, type Patched } from './patch-job.ts';

/** Characters of definitions up to which they are compared at once. */
const AT_ONCE = 65_536;
const JOB = new URL('patch-job.ts', import.meta.url);

/** The patch between two definitions. Others may get on while large ones are compared. */
export const patchInTurns = async (definitions: Definitions): Promise<Patched> =>
  definitions.before.length + definitions.after.length <= AT_ONCE ? patch(definitions) : aside<Definitions, Patched>(JOB, definitions);
