import type { ErrorCode } from '../../../src/lib/errors.ts';
import type { Answer } from '../../api.ts';
import type { Stage } from '../stage.ts';

/** A refusal of the endpoint's own: its code, when it comes, and a call that meets it. */
export type Conflict = readonly [code: ErrorCode, when: string, ask: (stage: Stage) => Promise<Answer>];

/** Endpoint → its refusals. */
export type Conflicts = Readonly<Record<string, readonly Conflict[]>>;
