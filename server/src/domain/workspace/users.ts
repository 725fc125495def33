import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, shown } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userResource } from './resource.ts';
import type { UserCreate } from './schema.ts';

export async function createUser(ctx: WriteCtx, { body }: { body: Static<typeof UserCreate> }): Promise<Reply> {
  const taken = await ctx.db.maybe(sql`select 1 from users where lower(email) = lower(${body.email})`);
  if (taken !== null) throw new Problem('email_taken', `A user with the email ${body.email} exists already.`);
  const id = newId(PREFIX.user);
  const roles = [...new Set(body.platformRoles)];
  await ctx.db.run(sql`
    insert into users (id, email, name, platform_roles, created_at, updated_at)
    values (${id}, ${body.email}, ${body.name}, ${roles}, ${ctx.now}, ${ctx.now})`);
  await record(ctx, { type: 'user.created', workspaceId: null, subjectId: id, data: { platformRoles: roles } });
  return shown(ctx, userResource, id, 'created');
}
