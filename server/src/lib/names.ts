/**
 * What people read: names, and texts of several lines. A name that shows nothing, or turns around what stands beside it, deceives those
 * who choose by it. Every script has to be written, so joiners stay where they join.
 */

/** Line ends, escapes, bells, and what C1 has of them. */
const CONTROL = /\p{Cc}/u;
/** Turn around what follows, beyond the name's end too. */
const BIDI = /\p{Bidi_Control}/u;
const LINE_ENDS = /[\p{Zl}\p{Zp}]/u;
/** Take no room. Joiners, selectors and tags do so too, but change what they follow: they have rules of their own. */
const INVISIBLE =
  /(?!\u034f|[\u180b-\u180d]|\u180f|[\u200c-\u200d]|[\ufe00-\ufe0f]|[\u{e0020}-\u{e007f}]|[\u{e0100}-\u{e01ef}])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;
/** Nothing in Latin, Greek or Cyrillic is joined or kept apart; Persian and Hindi cannot be written without, nor many emoji. */
const LOOSE_JOINER = /(?<!(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\p{L}\p{M}\p{N}\p{S}\u{e007f}])[\u200c-\u200d]/u;
/** Selects a form of the one character before it. */
const LOOSE_SELECTOR =
  /(?<!(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}\p{P}\p{S}])[\u034f\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
/** The flags of England, Scotland and Wales are a black flag with a name in tags. */
const LOOSE_TAG = /(?<![\u{1f3f4}\u{e0020}-\u{e007e}])[\u{e0020}-\u{e007f}]/u;
const VISIBLE = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

const RULES = [
  [CONTROL, 'must have no control characters, such as line ends or tabs'],
  [BIDI, 'must have no characters that turn the direction of text around'],
  [LINE_ENDS, 'must be one line'],
  [INVISIBLE, 'must have no characters that take no room'],
  [LOOSE_JOINER, 'must have joiners only after letters or symbols that they join'],
  [LOOSE_SELECTOR, 'must have selectors of a form only after what they select a form of'],
  [LOOSE_TAG, 'must have no characters that take no room'],
] as const;

/** A name as it is kept: each letter in the one spelling that Unicode calls composed, and no blanks around it. */
export const tidyName = (text: string): string => text.normalize('NFC').replace(/^\p{Zs}+|\p{Zs}+$/gu, '');

/** What is wrong with a text as a name shown to people, or null. */
export function nameFault(text: string): string | null {
  const broken = RULES.find(([rule]) => rule.test(text));
  if (broken !== undefined) return broken[1];
  return VISIBLE.test(text) ? null : 'must show something: a letter, digit, sign or symbol';
}

const UNREADABLE = /(?!\r\n|[\n\t])\p{Cc}/u;

/** What is wrong with a text of several lines, or null. `\r` stands before `\n` only. */
export const proseFault = (text: string): string | null =>
  UNREADABLE.test(text.replaceAll('\r\n', '\n')) ? 'must have no control characters but line ends and tabs' : null;
