import type { Actor } from './actor.ts';
import { DemoInstall } from './customer.ts';
import type { Integration } from './data.ts';
import { costWatch } from './integrations/cost-watch.ts';
import { crmSync } from './integrations/crm-sync.ts';
import { escalationPager } from './integrations/escalation-pager.ts';
import { incidentScribe } from './integrations/incident-scribe.ts';
import { invoiceReader } from './integrations/invoice-reader.ts';
import { meetingNotes } from './integrations/meeting-notes.ts';
import { onCallHandbook } from './integrations/on-call-handbook.ts';
import { quoteBuilder } from './integrations/quote-builder.ts';
import { releaseAnnouncer } from './integrations/release-announcer.ts';
import { standupBot } from './integrations/standup-bot.ts';
import { supportTriage } from './integrations/support-triage.ts';
import { translationDesk } from './integrations/translation-desk.ts';
import { vendorReview } from './integrations/vendor-review.ts';
import { Publisher } from './publisher.ts';
import type { DemoWorkspace, DemoWorkspaces } from './workspaces.ts';

interface Scene extends DemoWorkspaces {
  readonly platform: Actor;
}

const LONG_AGO = '2025-01-31T00:00:00Z';

/** What happened before the visitor came, told as it goes on. Resolves to the id of Fernhill's install of Support inbox triage. */
export async function playHistory(scene: Scene, tell: (line: string) => void): Promise<string> {
  tell('Making the sample world, once:');
  tell('  1 of 5  support: an edited prompt, an add-on, a major version ahead');
  const triageInstallId = await supportStory(scene);
  tell('  2 of 5  sales');
  await salesStory(scene);
  tell('  3 of 5  the office');
  await officeStory(scene);
  tell('  4 of 5  operations');
  await operationsStory(scene);
  tell('  5 of 5  what nobody has installed yet\n');
  await notInstalled(scene);
  return triageInstallId;
}

/** An edited prompt outlives an upgrade; an add-on; then both have a major version ahead. */
async function supportStory({ platform, lanternworks, fernhill }: Scene): Promise<string> {
  const triage = await Publisher.open(lanternworks, platform, supportTriage);
  await triage.publish('1.0.0');
  const install = await DemoInstall.make(fernhill, triage, {
    authStateId: await apiKey(fernhill, 'Helpdesk'),
    variables: { teamName: 'The Fernhill team', helpdeskUrl: 'https://help.fernhill.example' },
  });
  await install.edit('reply-style', { template: 'Three sentences at most. Say "we", never "I".\n\nThe Fernhill team' });
  await triage.publish('1.1.0');
  await install.upgrade('1.1.0');
  const pager = await Publisher.open(lanternworks, platform, escalationPager);
  await pager.publish('1.0.0');
  await DemoInstall.make(fernhill, pager, { parentInstallId: install.id, variables: { channel: 'sms', waitMinutes: 45 } });
  await triage.publish('2.0.0');
  await pager.publish('2.0.0');
  return install.id;
}

/** A map that Fernhill detached stays as it was while the install moved on; quotes depend on the CRM. */
async function salesStory({ platform, lanternworks, fernhill }: Scene): Promise<void> {
  const crm = await Publisher.open(lanternworks, platform, crmSync);
  await crm.publish('1.0.0');
  const secret = { accessToken: 'demo-access-token', refreshToken: 'demo-refresh-token' };
  const scopes = ['contacts.read', 'contacts.write', 'deals.read', 'deals.write'];
  const login = { workspaceId: fernhill.id, name: 'CRM login', type: 'oauth2', secret, scopes };
  const authStateId = await fernhill.admin.create('auth state CRM login', '/api/auth-states', login);
  const sync = await DemoInstall.make(fernhill, crm, { authStateId });
  await sync.detach('field-map');
  await crm.publish('1.1.0');
  await sync.upgrade('1.1.0');
  await crm.publish('2.0.0-beta.1');
  const quotes = await Publisher.open(lanternworks, platform, quoteBuilder);
  await quotes.publish('1.0.0');
  await DemoInstall.make(fernhill, quotes, { variables: { companyName: 'Fernhill Trading', validDays: 14 } });
  await quotes.publish('1.1.0');
}

/** Credentials ran out, a clone was thrown away, only some of the members were taken. */
async function officeStory({ platform, lanternworks, fernhill }: Scene): Promise<void> {
  const reader = await Publisher.open(lanternworks, platform, invoiceReader);
  await reader.publish('1.1.0');
  const ledger = await apiKey(fernhill, 'Ledger');
  await DemoInstall.make(fernhill, reader, { authStateId: ledger, variables: { ledgerUrl: 'https://ledger.fernhill.example' } });
  await fernhill.admin.patch('expire Ledger', `/api/auth-states/${ledger}`, { expiresAt: LONG_AGO });
  await reader.publish('1.2.0');
  const notes = await Publisher.open(lanternworks, platform, meetingNotes);
  await notes.publish('1.0.0');
  const minutes = await DemoInstall.make(fernhill, notes, { variables: { glossary: ['Fernhill', 'SKU', 'back order'] } });
  await minutes.deleteClone('follow-up-mail');
  await minutes.disable('forget-transcripts');
  await notes.publish('1.1.0');
  const desk = await Publisher.open(lanternworks, platform, translationDesk);
  await desk.publish('1.1.0');
  await DemoInstall.make(fernhill, desk, { selectedMemberSlugs: ['translate-de', 'translate-ja'], variables: { brandName: 'Fernhill' } });
}

/** References to a publisher's entity, an upgrade that waits for a variable, and a publisher who is a customer too. */
async function operationsStory({ platform, harborline, lanternworks, fernhill }: Scene): Promise<void> {
  const handbook = await Publisher.open(harborline, platform, onCallHandbook);
  await handbook.publish('1.1.0');
  await DemoInstall.make(fernhill, handbook, { variables: { statusPage: 'https://status.fernhill.example' } });
  const scribe = await Publisher.open(harborline, platform, incidentScribe);
  await scribe.publish('1.0.0');
  const reviews = await DemoInstall.make(fernhill, scribe);
  await scribe.publish('2.0.0');
  await reviews.upgrade('2.0.0');
  await handbook.publish('2.0.0');
  const variables = { statusPage: 'https://status.lanternworks.example', timezone: 'Europe/Lisbon' };
  await DemoInstall.make(lanternworks, handbook, { memberPolicy: 'auto_all', variables });
}

/** What is there to be tried: by link, by grant, from the marketplace. And a draft that was deleted. */
async function notInstalled({ platform, lanternworks, harborline, fernhill }: Scene): Promise<void> {
  for (const integration of [releaseAnnouncer, costWatch]) await openAndPublish(harborline, platform, integration);
  const review = await openAndPublish(harborline, platform, vendorReview);
  await harborline.admin.create('grant vendor-review', `/api/integrations/${review.id}/grants`, { workspaceId: fernhill.id });
  const draft = await Publisher.open(lanternworks, platform, standupBot);
  await lanternworks.editor.delete('delete standup-bot', `/api/integrations/${draft.id}`);
}

async function openAndPublish(workspace: DemoWorkspace, platform: Actor, integration: Integration): Promise<Publisher> {
  const publisher = await Publisher.open(workspace, platform, integration);
  await publisher.publish();
  return publisher;
}

const apiKey = ({ id: workspaceId, admin }: DemoWorkspace, name: string): Promise<string> =>
  admin.create(`auth state ${name}`, '/api/auth-states', { workspaceId, name, type: 'api_key', secret: { apiKey: 'demo-not-a-key' } });
