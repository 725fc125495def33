import { RE2JS } from 're2js';

/** A pattern that takes time linear in the text. */
export interface Pattern {
  readonly matches: (text: string) => boolean;
  /** About the number of instructions that a character of the text may meet. */
  readonly size: number;
}

/** What a pattern will cost, told before it is compiled. */
export interface PatternCost {
  readonly size: number;
  readonly unicodeClasses: number;
}

/**
 * Compiles a `pattern` with re2js, whose time is linear in the text. The syntax is that of ECMAScript in Unicode mode, as JSON Schema
 * has it, without lookaround and backreferences; `\d`, `\w`, `\s` and `\b` are ASCII.
 *
 * @throws what re2js throws, on a pattern in which `patternFault` finds one
 */
export function compilePattern(source: string): Pattern {
  const expression = RE2JS.compile(RE2JS.translateRegExp(source));
  return { matches: (text) => expression.test(text), size: expression.programSize() };
}

/** Why a pattern cannot be used, as a sentence about it, or null when it can. Takes up to some milliseconds, by `patternCost`. */
export function patternFault(source: string): string | null {
  const syntax = attempt(() => new RegExp(source, 'u'));
  if (syntax !== null) return `is not a regular expression of ECMAScript in Unicode mode: ${syntax.replace(/^.*: /s, '')}`;
  // re2js reads the escape as the letter k.
  const refused = tokensOf(source).includes('\\k') ? 'invalid escape \\k' : attempt(() => compilePattern(source));
  return refused === null ? null : `is not a pattern that runs in linear time: ${unsupported(source) ?? refused}`;
}

/** The message of what the work throws, or null. */
function attempt(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The constructs that people will try, by how they begin. */
const UNSUPPORTED: readonly (readonly [start: RegExp, message: string])[] = [
  [/\(\?[=!]/, 'lookahead `(?=…)`, `(?!…)` is not allowed'],
  [/\(\?<[=!]/, 'lookbehind `(?<=…)`, `(?<!…)` is not allowed'],
  [/\\(?:[1-9]|k<)/, 'backreferences such as `\\1` are not allowed'],
];

const unsupported = (source: string): string | null => UNSUPPORTED.find(([start]) => start.test(source))?.[1] ?? null;

/** One token of a pattern: Unicode class, escape, bracketed class, group with its flags, repetition, any other character. */
const TOKEN =
  /\\[pP](?:\{[^}]*\}|.)|\\x\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<[^>]*>|\(\?[imsU-]*[:)]|\{\d+(?:,\d*)?\}|./gsu;

const tokensOf = (source: string): readonly string[] => source.match(TOKEN) ?? [];

/** A class such as `\p{L}` is a few instructions, since Unicode ranges are many. */
const UNICODE_CLASS_SIZE = 4;

/**
 * About what compiling a pattern costs. A short pattern can be a large program — `((ab){30}){30}` has 1,800 instructions — and
 * large programs take long to compile, so this is told from the text.
 */
export function patternCost(source: string): PatternCost {
  const tokens = tokensOf(RE2JS.translateRegExp(source));
  return { size: sizeOf(tokens), unicodeClasses: tokens.reduce((sum, token) => sum + unicodeClassesIn(token), 0) };
}

/** Sums the open groups, innermost last. `last` is what a repetition repeats: the atom or group just before it. */
function sizeOf(tokens: readonly string[]): number {
  const groups = [0];
  let last = 0;
  const add = (size: number) => groups.push((groups.pop() ?? 0) + size);
  for (const token of tokens) {
    const times = repetitions(token);
    if (opensGroup(token)) groups.push(1);
    else if (times !== null) {
      add(last * (times - 1));
      last *= times;
    } else {
      last = token === ')' ? (groups.pop() ?? 0) : 1 + unicodeClassesIn(token) * UNICODE_CLASS_SIZE;
      add(last);
    }
  }
  return groups.reduce((sum, size) => sum + size, 0);
}

const unicodeClassesIn = (token: string): number => token.match(/\\[pP]/g)?.length ?? 0;

const opensGroup = (token: string): boolean => token.startsWith('(') && !token.endsWith(')');

/** The highest count of `{n}`, `{n,}` or `{n,m}`; null for another token. */
function repetitions(token: string): number | null {
  const counts = /^\{(\d+)(?:,(\d*))?\}$/.exec(token);
  return counts === null ? null : Math.max(1, Number(counts[1]), Number(counts[2] ?? 0));
}
