import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import type { Reply } from '../../route.ts';

/** Who this request acts as: user, key, memberships, platform roles. A publishable key learns nothing of its minter. */
export async function getMe(ctx: ReadCtx): Promise<Reply> {
  const { keyId, publicOnly } = ctx.actor;
  const userId = publicOnly ? null : ctx.actor.userId;
  const platformRoles = JSON.stringify([...ctx.actor.platformRoles]);
  return ctx.db.one<Reply>(sql`
    select concat('{"user":', coalesce((select doc from users where id = ${userId}), 'null'),
      ',"key":', coalesce((select doc from api_keys where id = ${keyId}), 'null'),
      ',"memberships":[', (select string_agg(doc, ',' order by created_at, id) from workspace_memberships where user_id = ${userId}),
      '],"platformRoles":', ${platformRoles}::text, '}') as json`);
}
