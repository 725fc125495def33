// Merges what people merged, as the server does and as git does, and compares both with what the people made of it:
// `npm run bench:merges -- <file>`. See README.md.
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { mergeJson } from '../server/src/lib/merge/merge.ts';
import { markdown, median, save } from './measure.ts';
import { gitMerge } from './merges/git.ts';
import { type RealMerge, share, type Tally, tallyOf, type Verdict, verdictOn } from './merges/verdict.ts';

/** One merge by both, and how long the server's took. */
interface Judged {
  readonly repo: string;
  readonly file: string;
  readonly index: number;
  readonly mortise: Verdict;
  readonly git: Verdict;
  readonly conflicts: readonly string[];
  readonly milliseconds: number;
}

process.exitCode = await main(process.argv[2]);

async function main(file: string | undefined): Promise<number> {
  if (file === undefined) {
    console.error('npm run bench:merges -- <merges.json.gz>');
    return 2;
  }
  const merges = JSON.parse(String(await promisify(gunzip)(await readFile(file)))) as RealMerge[];
  await using directory = await mkdtempDisposable(join(tmpdir(), 'mortise-merges-'));
  const judged: Judged[] = [];
  for (const [index, merge] of merges.entries()) judged.push(await judge(merge, index, directory.path));

  const tallies = { mortise: tallyOf(judged.map(({ mortise }) => mortise)), git: tallyOf(judged.map(({ git }) => git)) };
  const worse = judged.filter(({ mortise, git }) => mortise === 'otherwise' && git === 'human');
  const times = judged.map(({ milliseconds }) => milliseconds);
  console.log(tableOf(merges.length, tallies));
  console.log(`\nclean otherwise where git is clean and as the person: ${worse.length}`);
  console.log(`milliseconds of processor time a merge: median ${median(times).toFixed(2)}, longest ${Math.max(...times).toFixed(0)}`);
  await save('merges', { file, merges: merges.length, ...tallies, worseThanGit: worse.length, judged });
  return worse.length === 0 ? 0 : 1;
}

async function judge({ repo, file, base, ours, theirs, human }: RealMerge, index: number, directory: string): Promise<Judged> {
  const start = process.cpuUsage();
  const { value, conflicts } = mergeJson(base, ours, theirs);
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000;
  const git = await gitMerge(directory, ours, base, theirs);
  return {
    repo,
    file,
    index,
    mortise: verdictOn(conflicts.length === 0, value, human),
    git: verdictOn(git.clean, git.value, human),
    conflicts: conflicts.map(({ pointer }) => pointer),
    milliseconds,
  };
}

function tableOf(merges: number, tallies: { readonly [algorithm: string]: Tally }): string {
  const head = [`of ${merges} merges`, 'clean', 'as the person', 'clean otherwise', 'conflict', 'share of the person’s'];
  const rows = Object.entries(tallies).map(([algorithm, tally]) => [
    algorithm,
    tally.clean,
    tally.human,
    tally.otherwise,
    tally.conflict,
    share(tally),
  ]);
  return markdown(head, rows);
}
