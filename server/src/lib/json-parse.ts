import { isUtf8 } from 'node:buffer';
import type { Json, JsonObject } from './json.ts';
import { exactNumber } from './json-number.ts';
import { Packed } from './json-packed.ts';
import { pointer } from './json-pointer.ts';
import { atOnce, Turns } from './turns.ts';

/** Caps of a JSON text: levels of nesting, and keys and items in total. */
export interface JsonLimits {
  readonly depth: number;
  readonly items: number;
  /**
   * Where objects become `Packed` as soon as they are read: keys, and `*` for every item of an array. The items of each are counted by
   * themselves, up to those of `JSON_LIMITS`, and none is longer than `LONGEST`.
   */
  readonly packed?: readonly string[];
}

export const JSON_LIMITS: JsonLimits = { depth: 64, items: 200_000 };

/** Why a text is refused: `message` follows the place (`/a/0` …) in a sentence. Becomes 400 `invalid_json` at the door. */
export class JsonFault extends Error {
  /** RFC 6901: the value at fault, or the innermost one that was being read when the text broke. */
  readonly pointer: string;

  constructor(at: string, message: string) {
    super(message);
    this.name = 'JsonFault';
    this.pointer = at;
  }
}

/**
 * Reads a JSON text (RFC 8259), and refuses what could not be stored and given back unaltered: bytes that are not UTF-8, duplicate
 * keys, numbers that a double would change, NUL, lone surrogates, too deep or too many values. `__proto__` and its like are
 * ordinary keys. One pass, linear time.
 *
 * @throws JsonFault
 */
export function parseJson(input: Buffer | string, limits: JsonLimits = JSON_LIMITS): Json {
  return atOnce(new Reader(bytesOf(input), limits).read());
}

/** The same for a large text, letting others get on. */
export async function parseInTurns(input: Buffer, limits: JsonLimits = JSON_LIMITS): Promise<Json> {
  return new Turns().run(new Reader(bytesOf(input), limits).read());
}

/** Keys and items, and bytes that are passed over, after which others may get on: some hundred microseconds of work. */
const PIECE_ITEMS = 1_000;
const PIECE_LENGTH = 262_144;

/** Bytes of one string, and of an object that is packed: one of the largest that may be stored, with every character escaped. */
const LONGEST = 8 * 1024 * 1024;

/** Texts are read as bytes: one of 64 MiB takes too long to be decoded in one go, and most of it is looked at piece by piece. */
function bytesOf(input: Buffer | string): Buffer {
  if (typeof input === 'string' ? !input.isWellFormed() : !isUtf8(input)) throw new JsonFault('', 'is not UTF-8');
  return typeof input === 'string' ? Buffer.from(input, 'utf8') : input;
}

const BOM = Buffer.from('\ufeff');
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** An object that was passed over: where it stands in the text, and where its value belongs. */
interface Aside {
  readonly holder: JsonObject;
  readonly key: string;
  readonly start: number;
  readonly path: readonly (string | number)[];
}

type Reading<T> = Generator<void, T, undefined>;

class Reader {
  readonly #bytes: Buffer;
  readonly #limits: JsonLimits;
  /** Index of the next byte. */
  #next = 0;
  /** Keys and indexes down to the value being read. Only the first `#depth` count, the rest is left over. */
  readonly #path: (string | number)[] = [];
  #depth = 0;
  #items = 0;
  readonly #asides: Aside[] = [];

  constructor(bytes: Buffer, limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  /** Yields where others may get on. */
  *read(): Reading<Json> {
    if (this.#bytes.subarray(0, BOM.length).equals(BOM)) throw this.#fault('starts with a byte order mark; send plain UTF-8');
    this.#skipSpace();
    if (this.#next === this.#bytes.length) throw this.#fault('is empty; a JSON value is expected');
    const value = this.#isContainer() ? yield* this.#container() : this.#scalar();
    this.#skipSpace();
    if (this.#next < this.#bytes.length) throw this.#malformed('the end of the text');
    yield* this.#pack();
    return value;
  }

  #isContainer(): boolean {
    const code = this.#bytes[this.#next];
    return code === OPEN_BRACE || code === OPEN_BRACKET;
  }

  #container(): Reading<Json> {
    return this.#bytes[this.#next] === OPEN_BRACE ? this.#object() : this.#array();
  }

  #scalar(): Json {
    return this.#bytes[this.#next] === QUOTE ? this.#string('is a string') : this.#numberOrWord();
  }

  *#object(): Reading<JsonObject> {
    const object: JsonObject = {};
    this.#open();
    if (this.#take(CLOSE_BRACE)) return object;
    do {
      const key = this.#key(object);
      if (this.#isPacked()) yield* this.#setAside(object, key);
      else setOwn(object, key, this.#isContainer() ? yield* this.#container() : this.#scalar());
      this.#depth--;
      if (this.#items % PIECE_ITEMS === 0) yield;
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACE)) throw this.#malformed('`,` or `}`');
    return object;
  }

  /** Goes past a key and its colon, to the value. */
  #key(object: JsonObject): string {
    this.#skipSpace();
    if (this.#bytes[this.#next] !== QUOTE) throw this.#malformed('a key in double quotes');
    const key = this.#string('has a key');
    this.#stepInto(key);
    if (Object.hasOwn(object, key)) throw this.#fault('is a duplicate key');
    if (!this.#take(COLON)) throw this.#malformed('`:`');
    this.#skipSpace();
    return key;
  }

  #isPacked(): boolean {
    const { packed } = this.#limits;
    if (packed?.length !== this.#depth || this.#bytes[this.#next] !== OPEN_BRACE) return false;
    return packed.every((step, i) => step === this.#path[i] || (step === '*' && Number.isInteger(this.#path[i])));
  }

  /** Goes past an object without looking into it. It is read when its turn comes, by `pack`. */
  *#setAside(holder: JsonObject, key: string): Reading<void> {
    const start = this.#next;
    this.#skipObject(start + LONGEST);
    if (Math.floor(start / PIECE_LENGTH) !== Math.floor(this.#next / PIECE_LENGTH)) yield;
    this.#asides.push({ holder, key, start, path: this.#path.slice(0, this.#depth) });
    setOwn(holder, key, null);
  }

  #skipObject(end: number): void {
    let open = 0;
    do {
      if (this.#next > end) throw this.#fault(`is longer than ${LONGEST} characters`);
      const code = this.#bytes[this.#next];
      if (code === QUOTE) {
        this.#next++;
        this.#findQuote();
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) open++;
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open--;
      else if (code === undefined) throw this.#malformed('`}`');
      this.#next++;
    } while (open > 0);
  }

  /** Reads what was set aside, one after the other, each by the same rules. */
  *#pack(): Reading<void> {
    for (const { holder, key, start, path } of this.#asides) {
      const inner = new Reader(this.#bytes, { depth: this.#limits.depth, items: JSON_LIMITS.items });
      inner.#next = start;
      inner.#path.push(...path);
      inner.#depth = path.length;
      // Whoever names places to pack knows to find `Packed` there.
      setOwn(holder, key, new Packed(yield* inner.#object()) as unknown as JsonObject);
      yield;
    }
  }

  *#array(): Reading<Json[]> {
    const items: Json[] = [];
    this.#open();
    if (this.#take(CLOSE_BRACKET)) return items;
    do {
      this.#skipSpace();
      this.#stepInto(items.length);
      items.push(this.#isContainer() ? yield* this.#container() : this.#scalar());
      this.#depth--;
      if (this.#items % PIECE_ITEMS === 0) yield;
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACKET)) throw this.#malformed('`,` or `]`');
    return items;
  }

  /** Goes past an opening bracket. Every container around it has one step in the path, so the path is as long as it is deep. */
  #open(): void {
    if (this.#depth >= this.#limits.depth) throw this.#fault(`is nested deeper than ${this.#limits.depth} levels`);
    this.#next++;
  }

  #stepInto(segment: string | number): void {
    this.#path[this.#depth++] = segment;
    if (++this.#items > this.#limits.items) throw new JsonFault('', `has more than ${this.#limits.items} keys and items`);
  }

  /** `what`: whose string it is, for the fault's sentence. */
  #string(what: string): string {
    const start = ++this.#next;
    const plain = this.#findQuote();
    const raw = this.#bytes.toString('utf8', start, this.#next++);
    return plain ? raw : this.#unescape(raw, start, what);
  }

  /** Moves to the closing quote. False when there are escapes on the way, which want a closer look. */
  #findQuote(): boolean {
    const end = this.#next + LONGEST;
    let plain = true;
    for (; ; this.#next++) {
      const code = this.#bytes[this.#next];
      if (code === QUOTE) return plain;
      if (code === BACKSLASH) {
        this.#next++;
        plain = false;
      } else if (code === undefined) throw this.#malformed('`"`');
      else if (code < SPACE) throw this.#malformed('an escape such as `\\n` or `\\u0009` in place of the bare control character');
      if (this.#next > end) throw this.#fault(`is longer than ${LONGEST} bytes`);
    }
  }

  #unescape(raw: string, start: number, what: string): string {
    const text = unescaped(raw);
    if (text === null) {
      this.#next = start;
      throw this.#malformed('a string whose escapes are those of JSON');
    }
    if (text.includes('\0')) throw this.#fault(`${what} with a NUL character, which cannot be stored`);
    if (!text.isWellFormed()) throw this.#fault(`${what} with half a surrogate pair, which is no Unicode text`);
    return text;
  }

  #numberOrWord(): Json {
    const start = this.#next;
    while (isWordly(this.#bytes[this.#next])) this.#next++;
    const literal = this.#bytes.toString('latin1', start, this.#next);
    const word = WORDS.get(literal);
    if (word !== undefined) return word;
    if (NUMBER.test(literal)) return this.#number(literal);
    this.#next = start;
    throw this.#malformed('a JSON value');
  }

  #number(literal: string): number {
    const value = exactNumber(literal);
    if (value !== null) return value;
    const became = Number.isFinite(Number(literal)) ? `would be stored as ${Number(literal)}` : 'is out of range';
    throw this.#fault(`is the number ${excerpt(Buffer.from(literal), 0)}, which ${became}; send it as a string`);
  }

  /** Goes past the character if it comes next, with or without space before it. */
  #take(code: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#next] !== code) return false;
    this.#next++;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.#bytes[this.#next])) this.#next++;
  }

  #fault(message: string): JsonFault {
    return new JsonFault(pointer(...this.#path.slice(0, this.#depth)), message);
  }

  #malformed(expected: string): JsonFault {
    const found = this.#next < this.#bytes.length ? `\`${excerpt(this.#bytes, this.#next)}\`` : 'the end of the text';
    return this.#fault(`is malformed at ${position(this.#bytes, this.#next)}: expected ${expected}, found ${found}`);
  }
}

/** Of what a number or word is made, or what looks like a longer one. */
const isWordly = (code: number | undefined): boolean => code !== undefined && WORDLY[code] === 1;
const WORDLY = Uint8Array.from({ length: 256 }, (_, code) => (/[\w.+-]/.test(String.fromCharCode(code)) && code < 128 ? 1 : 0));

const isSpace = (code: number | undefined): boolean => code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;

/** Assigning to `__proto__` would set the prototype instead of a key. */
function setOwn(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

/** What stands between the quotes, read by the platform; null when an escape is none of JSON. */
function unescaped(raw: string): string | null {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return null;
  }
}

const EXCERPT = 20;

/** A few characters of the text, without control characters. A character has four bytes at most. */
function excerpt(bytes: Buffer, start: number): string {
  const text = [...bytes.toString('utf8', start, start + 4 * (EXCERPT + 1))];
  const part = text
    .slice(0, EXCERPT)
    .join('')
    .replace(/\p{Cc}/gu, ' ');
  return text.length > EXCERPT ? `${part}…` : part;
}

/** Far into a long text, lines and columns help nobody, and take long to count. */
const COUNTED = 4 * 1024 * 1024;

function position(bytes: Buffer, index: number): string {
  if (index > COUNTED) return `byte ${index}`;
  const lines = bytes.toString('utf8', 0, index).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
