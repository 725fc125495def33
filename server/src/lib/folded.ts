/**
 * Texts as people compare them: whatever the case and the accents, and however Unicode lets the same letter be written. The functions
 * `marked` and `folded` of the database do the same (`server/migrations/0017_names_in_peoples_order.sql`).
 */

/** Accents and the like, once letters are taken apart; also the points of Hebrew and Arabic. */
export const MARKS =
  '\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f';
const EACH_MARK = new RegExp(`[${MARKS}]`, 'gu');

/** Digits of other scripts, and the sigma that ends a word. */
const SAME: Readonly<Record<string, string>> = Object.fromEntries([
  ['ς', 'σ'],
  ...['٠', '۰', '०', '০', '๐'].flatMap((zero) =>
    Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(Number(zero.codePointAt(0)) + digit), String(digit)]),
  ),
]);
const EACH_SAME = new RegExp(`[${Object.keys(SAME).join('')}]`, 'gu');

/** Letters with strokes, which Unicode does not take apart, beside those without; and those that are two. */
const STROKES = 'đd øo łl ħh ŧt ıi ƚl ƀb ɨi ðd ȷj ɉj ɍr ɏy ȼc ǥg ƶz ⱥa ⱦt ɇe ʉu'.split(' ').map((pair) => [...pair] as [string, string]);
const PLAIN: Readonly<Record<string, string>> = { ...Object.fromEntries(STROKES), ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' };
const EACH_PLAIN = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu');

/** In lower case, taken apart: the accents are there, behind their letters. */
export const marked = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(EACH_SAME, (letter) => SAME[letter] ?? letter);

/** Without accents. The short i of Cyrillic is a letter of its own, not an i with an accent. */
export const folded = (text: string): string =>
  marked(text)
    .replaceAll('и\u0306', 'й')
    .replace(EACH_MARK, '')
    .replace(EACH_PLAIN, (letter) => PLAIN[letter] ?? letter);

/** Characters of a text from which an exact pattern is made; what follows is compared without accents. */
const LONGEST = 200;
const LETTER = new RegExp(`([^${MARKS}])([${MARKS}]*)`, 'gsu');

/**
 * A regular expression for marked texts that hold this one: what has an accent here has it there, what has none may have any. Null where
 * nothing has one, so that the folded texts say it all.
 */
export function accentPattern(text: string): string | null {
  const exact = [...marked(text)].slice(0, LONGEST).join('');
  if (exact === folded(exact)) return null;
  return exact.replace(LETTER, (_, letter: string, marks: string) => `${formsOf(letter)}${marks || `[${MARKS}]*`}`);
}

const formsOf = (letter: string): string =>
  `[${[letter, ...STROKES.flatMap(([stroked, plain]) => (plain === letter ? [stroked] : []))].map((each) => each.replace(/[\\\]^[-]/, '\\$&')).join('')}]`;
