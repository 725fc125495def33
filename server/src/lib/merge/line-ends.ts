/** Three texts with lines that end by `\n`, and how the lines of what comes of them should end. */
export interface WithOneLineEnd {
  readonly texts: readonly [base: string, ours: string, theirs: string];
  readonly lineEnd: string;
}

/**
 * How lines end is no change: what comes of the texts has the line ends of ours, or where ours is a single line those of theirs. A text
 * whose lines end in both ways is taken as it is, and so are the others beside it.
 */
export function withOneLineEnd(base: string, ours: string, theirs: string): WithOneLineEnd {
  const ends = [ours, theirs, base].map(lineEndOf);
  if (ends.includes('both')) return { texts: [base, ours, theirs], lineEnd: '\n' };
  const unified = (text: string): string => text.replaceAll('\r\n', '\n');
  return { texts: [unified(base), unified(ours), unified(theirs)], lineEnd: ends.find((end) => end !== 'none') ?? '\n' };
}

function lineEndOf(text: string): '\r\n' | '\n' | 'both' | 'none' {
  const [long, all] = [text.split('\r\n').length - 1, text.split('\n').length - 1];
  if (all === 0) return 'none';
  return long === 0 ? '\n' : long === all ? '\r\n' : 'both';
}
