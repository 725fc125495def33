import type { Peaks } from '../memory.ts';
import type { Outcome } from './bench.ts';
import type { Measured } from './measured.ts';

const KB = 1024;

/** What a run measured. Times depend on the machine; counts, faults and bytes do not. */
export interface Report {
  readonly options: { readonly edit: number; readonly policy: string; readonly references: readonly string[]; readonly seed: string };
  readonly counts: Measured['counts'];
  readonly members: Measured['members'];
  readonly seconds: Measured['seconds'];
  readonly peakMb: Peaks;
  readonly kilobytesPerVersion: number;
  readonly kilobytesPerInstall: number;
  readonly faults: number;
  readonly brokenInvariants: number;
}

export function reportOf({ measured, faults }: Outcome, peakMb: Peaks, brokenInvariants: number, options: Report['options']): Report {
  const { counts, members, bytes } = measured;
  const seconds = Object.fromEntries(Object.entries(measured.seconds).map(([phase, value]) => [phase, Number(value.toFixed(1))]));
  return {
    options,
    counts,
    members,
    seconds: seconds as Measured['seconds'],
    peakMb,
    kilobytesPerVersion: Number((bytes.publish / counts.versions / KB).toFixed(1)),
    kilobytesPerInstall: Number((bytes.install / counts.integrations / KB).toFixed(1)),
    faults: faults.length,
    brokenInvariants,
  };
}

/** The report as lines of name and value. */
export function tableOf({ counts, members, seconds, peakMb, ...rest }: Report): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['integrations, versions', `${counts.integrations}, ${counts.versions}`],
    ['entities, entity versions', `${counts.entities}, ${counts.entityVersions}`],
    ['upgrades', counts.upgrades],
    ['members updated, added, removed, skipped', `${members.updated}, ${members.added}, ${members.removed}, ${members.skipped}`],
    ['clones compared, edited', `${counts.clonesCompared}, ${counts.edits}`],
    ['publish', `${seconds.publish} s`],
    ['install', `${seconds.install} s`],
    ['edit clones', `${seconds.edit} s`],
    ['upgrade', `${seconds.upgrade} s`],
    ['upgrade again (nothing to do)', `${seconds.repeat} s`],
    ['read back and compare', `${seconds.check} s`],
    ['database per version, per install', `${rest.kilobytesPerVersion} KB, ${rest.kilobytesPerInstall} KB`],
    ['peak memory of server, PostgreSQL', `${peakMb.server} MB, ${peakMb.postgres} MB`],
    ['faults, broken invariants', `${rest.faults}, ${rest.brokenInvariants}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
