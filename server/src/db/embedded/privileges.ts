import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { StartError } from '../../lib/start-error.ts';

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** How PostgreSQL is run: it refuses to be root, and initdb wants a user with a name. */
export interface Privileges {
  /** Set: the process changes to this user. Absent: it stays who we are. */
  readonly become?: User;
  /** Put before the command: enters a user namespace in which we are not root. */
  readonly wrap: readonly string[];
  /** Who owns the cluster's files, as seen from outside. */
  readonly owner: User;
}

/**
 * Root runs PostgreSQL as `postgres` or `nobody` when that user can reach all `paths`, else inside a user namespace, where a closed
 * home such as /root stays in reach. Anybody else runs it as themselves.
 */
export function choosePrivileges(paths: readonly string[]): Privileges {
  const self = whoWeAre();
  if (self.uid !== 0 && hasName()) return { wrap: [], owner: self };
  const stranger = named('postgres') ?? named('nobody');
  if (stranger === null) throw new StartError(`${dilemma(self.uid)} has neither a user postgres nor nobody. ${WAY_OUT}`);
  if (self.uid === 0 && paths.every(openToAll)) return { become: stranger, wrap: [], owner: stranger };
  const wrap = ['unshare', '--user', `--map-user=${stranger.uid}`, `--map-group=${stranger.gid}`];
  if (!works(wrap)) throw new StartError(`${dilemma(self.uid)} allows no user namespaces, and ${closed(paths)}. ${WAY_OUT}`);
  return { wrap, owner: self };
}

const WAY_OUT = 'Start as a normal user, put the program and MORTISE_DATA_DIR where every user may enter, or set DATABASE_URL.';

const dilemma = (uid: number): string => `PostgreSQL cannot run as ${uid === 0 ? 'root' : `user ${uid}, who has no name`}: this system`;

const closed = (paths: readonly string[]): string => `${paths.find((path) => !openToAll(path)) ?? 'another user'} cannot be used otherwise`;

function whoWeAre(): User {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) throw new StartError('There is no embedded PostgreSQL for this system: set DATABASE_URL.');
  return { uid, gid };
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false; // no entry in the user database, as in a container started with a bare uid
  }
}

function named(name: string): User | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

/** Whether every user may pass through all directories above `path`. */
function openToAll(path: string): boolean {
  const above = dirname(path);
  if (above === path) return true;
  return (statSync(above).mode & 0o001) !== 0 && openToAll(above);
}

function works(wrap: readonly string[]): boolean {
  const [command = '', ...args] = wrap;
  return spawnSync(command, [...args, 'true'], { env: ENVIRONMENT, stdio: 'ignore' }).status === 0;
}

/** What PostgreSQL sees of the environment: nothing of ours, so that no PGDATA, LANG or library path leads it astray. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** Options with which to spawn a program under these privileges. */
export const spawnOptions = (privileges: Privileges, variables: Readonly<Record<string, string>> = {}) => ({
  cwd: '/',
  env: { ...ENVIRONMENT, ...variables },
  ...privileges.become,
});
