import sql, { raw } from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import type { Reply } from '../../route.ts';
import { membershipResource, userResource } from '../workspace/resource.ts';
import { apiKeyResource } from './resource.ts';

/**
 * Who this request acts as: user, key, memberships, platform roles, as far as they are in sight. A key is told who minted it, by name;
 * a publishable one, which anybody may hold, is not.
 */
export async function getMe({ db, actor }: ReadCtx): Promise<Reply> {
  const [u, k, m] = [raw('u'), raw('k'), raw('m')];
  const { scope, sight = scope } = membershipResource;
  const platformRoles = JSON.stringify([...actor.platformRoles]);
  return db.one<Reply>(sql`
    select concat('{"user":', coalesce((select ${userResource.json(u, actor)} from users u where u.id = ${actor.userId}), 'null'),
      ',"key":', coalesce((select ${apiKeyResource.json(k, actor)} from api_keys k where k.id = ${actor.keyId}), 'null'),
      ',"memberships":[', (select string_agg(${membershipResource.json(m, actor)}, ',' order by m.created_at, m.id)
        from workspace_memberships m where m.member_id = ${actor.userId} and ${sight(actor, m)}),
      '],"platformRoles":', ${platformRoles}::text, '}') as json`);
}
