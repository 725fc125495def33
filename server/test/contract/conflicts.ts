import { AUTHORING } from './conflicts/authoring.ts';
import type { Conflicts } from './conflicts/conflict.ts';
import { INSTALLING } from './conflicts/installing.ts';
import { UPGRADING } from './conflicts/upgrading.ts';

/** Every refusal of an endpoint's own. */
export const CONFLICTS: Conflicts = { ...AUTHORING, ...INSTALLING, ...UPGRADING };
