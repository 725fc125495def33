import sql, { empty, type Sql } from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type IntegrationRow, loadIntegration, lockIntegration } from '../integration/lock.ts';
import { holdInstalled } from './dependencies/installed.ts';
import { lockReachable } from './dependencies/offers.ts';

/**
 * How a recipe stands on what it reads. Who installs holds the rows until it is done, and is stopped by the first thing in its way. Who
 * plans only looks, and hears of all of them: so there is one recipe for both.
 */
export interface Footing {
  readonly integration: (id: string) => Promise<IntegrationRow>;
  /** The integration, and all that the version may lead to. */
  readonly reachable: (id: string, workspaceId: string, versionId: string | undefined) => Promise<void>;
  /** Installs of these integrations that the recipe comes to rely on. */
  readonly installed: (workspaceId: string, integrations: readonly string[]) => Promise<void>;
  /** Ends a statement that reads a row to rely on. */
  readonly share: Sql;
  /** Takes a step that may refuse; `otherwise` is what the recipe goes on with. */
  readonly heed: <T>(step: () => T | Promise<T>, otherwise: T) => Promise<T>;
}

export const holding = (ctx: WriteCtx): Footing => ({
  integration: (id) => lockIntegration(ctx, id, 'rely'),
  reachable: (id, workspaceId, versionId) => lockReachable(ctx, id, workspaceId, versionId),
  installed: (workspaceId, integrations) => holdInstalled(ctx, workspaceId, integrations),
  share: sql`for share`,
  heed: async (step) => step(),
});

/** What is in the way goes to `problems`. */
export const looking = (ctx: ReadCtx, problems: Problem[]): Footing => ({
  integration: (id) => loadIntegration(ctx, id),
  reachable: async () => undefined,
  installed: async () => undefined,
  share: empty,
  heed: async (step, otherwise) => {
    try {
      return await step();
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      problems.push(fault);
      return otherwise;
    }
  },
});
