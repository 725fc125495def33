import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import type { Joined, Mover } from './dependencies/joint.ts';
import { loadMovers } from './dependencies/movers.ts';
import { joinedWith } from './group.ts';
import type { Ascent } from './state/ascent.ts';

/** What dependencies have against an upgrade, each with the joint upgrade that would do where there is one. */
export async function withJointAdvice(ctx: ReadCtx, root: Ascent, problems: readonly Problem[]): Promise<readonly Problem[]> {
  if (problems.length === 0) return problems;
  const movers = await loadMovers(ctx, root.install.workspaceId);
  const joined = joinedWith(movers, root, 'dependencies');
  return joined === null ? problems : problems.map((problem) => advised(problem, movesOf(movers, joined)));
}

interface Told {
  readonly installId: string;
  readonly integration: string;
  readonly from: string;
  readonly to: string;
}

/** Pure. */
export const movesOf = (movers: readonly Mover[], joined: readonly Joined[]): Told[] =>
  joined.map(({ installId, step }) => {
    const { integration, version } = must(
      movers.find((each) => each.installId === installId),
      'what moves is installed',
    );
    return { installId, integration, from: version, to: step.version };
  });

function advised({ code, message, faults, facts }: Problem, moves: readonly Told[]): Problem {
  const named = moves.map(({ integration, from, to }) => `${integration} ${from} → ${to}`).join(', ');
  const advice = `Or move what has to move together: upgrade with \`"with": "dependencies"\`, which takes ${named}.`;
  return new Problem(code, `${message} ${advice}`, { faults, facts: { ...facts, joint: { with: 'dependencies', moves } } });
}
