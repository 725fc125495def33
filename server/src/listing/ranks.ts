/** In which order texts stand that are more than their bytes. The keys are stored; the functions of the same names make them (see the schema). */
import sql, { raw, type Sql } from 'sql-template-tag';
import { parseVersion } from '../lib/semver.ts';
import type { Alias, Rank } from '../query/resource.ts';

/** Names as people look for them: whatever the case and the accents, numbers by their value. */
export const BY_NAME: Rank = {
  key: (t) => sql`${t}.name_key`,
  of: (value) => sql`name_key(${value})`,
};

/** Versions by SemVer precedence. `key`: `semver_key` of the version, stored where there is a column. */
export const byVersion = (key: string | ((t: Alias) => Sql)): Rank => ({
  key: typeof key === 'string' ? (t) => sql`${t}.${raw(key)}` : key,
  of: (value) => sql`semver_key(${value})`,
  fault: (value) => (parseVersion(value) !== null ? null : 'must be a version, such as 1.2.3, to be compared in this way'),
});
