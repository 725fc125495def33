import { Problem } from '../../../lib/errors.ts';
import type { Conflict } from './resolve.ts';
import type { Installed, NamedWant, Want } from './wants.ts';

/** Versions listed of an integration at most. */
const SHOWN = 50;

export const conflictOn = (integration: string, wants: readonly NamedWant[], installed: readonly Installed[]): Conflict => ({
  integration,
  wants,
  installed: installed.filter((each) => each.integration === integration).map((each) => each.version),
  offered: [],
  choices: [],
  circle: [],
});

/** `subject`: the version that has the wants, as a sentence begins. */
export function missingDependencies(subject: string, missing: readonly Want[]): Problem {
  const named = missing.map(({ integration, range }) => `${integration} ${range}`).join(', ');
  const facts = { missing: missing.map(({ integration, range }) => ({ integration, range })) };
  return new Problem('missing_dependencies', `${subject} depends on ${named}; install these first.`, { facts });
}

/** `advice`: what to do about it, as a sentence. */
export function dependencyConflict(conflicts: readonly Conflict[], advice: string): Problem {
  const facts = { conflicts: conflicts.map((each) => ({ ...each, offered: each.offered.slice(0, SHOWN) })) };
  return new Problem('dependency_conflict', `${conflicts.map(explain).join('; ')}. ${advice}`, { facts });
}

/** Who wants what of which integration, what is there, and what would do. */
function explain({ integration, wants, installed, offered, choices, circle }: Conflict): string {
  if (circle.length > 0) return `${circle.join(', ')} depend on one another in a circle`;
  const parts = [wants.map(tellWant).join(', '), tellThere(installed, offered), ...(offered.length > 0 ? [tellChoices(choices)] : [])];
  return `${integration}: ${parts.join('; ')}`;
}

const tellWant = ({ by, range, optional }: NamedWant): string => `${by} wants ${range}${optional ? ' where it is installed' : ''}`;

function tellThere(installed: readonly string[], offered: readonly string[]): string {
  if (installed.length > 0) return `installed is ${installed.join(', ')}, which this does not move`;
  return offered.length > 0 ? `offered are ${offered.slice(0, 5).join(', ')}` : 'no version of it is offered to the workspace';
}

const tellChoices = ([best]: readonly string[]): string => (best === undefined ? 'no version would do' : `${best} would do`);
