import { authNeeds } from './auth.ts';
import { type Comparable, type ConsentNeed, needOf } from './comparable.ts';
import { memberNeeds } from './members.ts';
import { variableNeeds } from './variables.ts';

/**
 * What going from one version to the other needs consent for; empty: nothing. It follows from all that an installer is exposed to: the
 * credentials and where they go, the hosts that members talk to, the values that have to be given, what members are. At most one need of
 * each kind. Pure.
 */
export const consentNeeds = (from: Comparable, to: Comparable): readonly ConsentNeed[] => [
  ...authNeeds(from.authConfig, to.authConfig),
  ...hosts(from, to),
  ...variableNeeds(from, to),
  ...memberNeeds(from.members, to.members),
];

function hosts(from: Comparable, to: Comparable): ConsentNeed[] {
  const known = new Set(from.hosts);
  const added = [...new Set(to.hosts)].filter((host) => !known.has(host));
  return needOf('host', added, (list) => `members go to ${list}`);
}
