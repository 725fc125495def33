import type { Peaks } from '../memory.ts';
import type { Outcome } from './bench.ts';
import type { Measured } from './measured.ts';

const KB = 1024;

/** What a run measured. Times depend on the machine; counts, faults and bytes do not. */
export interface Report {
  readonly options: {
    readonly edit: number;
    readonly strategy: string;
    readonly policy: string;
    readonly references: readonly string[];
    readonly seed: string;
  };
  readonly counts: Measured['counts'];
  readonly members: Measured['members'];
  readonly merges: Measured['merges'];
  readonly rollbacks: Measured['rollbacks'];
  readonly seconds: Measured['seconds'];
  readonly peakMb: Peaks;
  readonly kilobytesPerVersion: number;
  readonly kilobytesPerInstall: number;
  readonly faults: number;
  readonly brokenInvariants: number;
}

export function reportOf({ measured, faults }: Outcome, peakMb: Peaks, brokenInvariants: number, options: Report['options']): Report {
  const { counts, members, merges, rollbacks, bytes } = measured;
  const seconds = Object.fromEntries(Object.entries(measured.seconds).map(([phase, value]) => [phase, Number(value.toFixed(1))]));
  return {
    options,
    counts,
    members,
    merges,
    rollbacks,
    seconds: seconds as Measured['seconds'],
    peakMb,
    kilobytesPerVersion: Number((bytes.publish / counts.versions / KB).toFixed(1)),
    kilobytesPerInstall: Number((bytes.install / counts.integrations / KB).toFixed(1)),
    faults: faults.length,
    brokenInvariants,
  };
}

type Row = readonly [name: string, value: string | number];

/** The report as lines of name and value. */
export function tableOf(report: Report): string {
  const rows = [...countRows(report), ...strategyRows(report), ...rollbackRows(report), ...timeRows(report), ...endRows(report)];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

const countRows = ({ counts, members }: Report): Row[] => [
  ['integrations, versions', `${counts.integrations}, ${counts.versions}`],
  ['entities, entity versions', `${counts.entities}, ${counts.entityVersions}`],
  ['upgrades', counts.upgrades],
  ['members updated, added, removed, skipped', `${members.updated}, ${members.added}, ${members.removed}, ${members.skipped}`],
  ['clones compared', counts.clonesCompared],
  ['edits at places that the next version changes, elsewhere', `${counts.editsContested}, ${counts.editsElsewhere}`],
];

function strategyRows(report: Report): Row[] {
  if (report.options.strategy === 'merge') return mergeRows(report);
  return report.options.strategy === 'overwrite'
    ? [['clones overwritten, what they were in their history', report.merges.overwritten]]
    : [];
}

const timeRows = ({ seconds }: Report): Row[] => [
  ['publish', `${seconds.publish} s`],
  ['install', `${seconds.install} s`],
  ['edit clones', `${seconds.edit} s`],
  ['plan', `${seconds.plan} s`],
  ['upgrade', `${seconds.upgrade} s`],
  ['upgrade again (nothing to do)', `${seconds.repeat} s`],
  ['roll back to the first revision, and back', `${seconds.rollBack} s, ${seconds.rollForward} s`],
  ['read back and compare', `${(seconds.check + seconds.foresee).toFixed(1)} s`],
];

const endRows = ({ peakMb, kilobytesPerVersion, kilobytesPerInstall, faults, brokenInvariants }: Report): Row[] => [
  ['database per version, per install', `${kilobytesPerVersion} KB, ${kilobytesPerInstall} KB`],
  ['peak memory of server, PostgreSQL', `${peakMb.server} MB, ${peakMb.postgres} MB`],
  ['faults, broken invariants', `${faults}, ${brokenInvariants}`],
];

const mergeRows = ({ merges }: Report): Row[] => [
  ['members merged cleanly', merges.clean],
  ['members with conflicts, of these with nothing else', `${merges.withConflicts}, ${merges.allInConflict}`],
  ['conflicts', merges.conflicts],
  ['edited places after each upgrade: as edited, of these in conflict', `${merges.editsHeld}, ${merges.editsInConflict}`],
  ['edited places lost', merges.editsLost],
  ['upstream changes of edited clones: taken, in conflict', `${merges.upstreamTaken}, ${merges.upstreamInConflict}`],
  ['upstream changes lost', merges.upstreamLost],
  ['merges that start from conflicts without a name', merges.unproven],
];

const rollbackRows = ({ counts, rollbacks }: Report): Row[] => [
  ['installs rolled back, clones as at first', `${counts.rolledBack}, ${rollbacks.clones}`],
  [
    'edited places after the rollback: as edited, reported, lost',
    `${rollbacks.editsHeld}, ${rollbacks.editsReported}, ${rollbacks.editsLost}`,
  ],
];
