import { setImmediate } from 'node:timers/promises';
import type { Json, JsonObject } from './json.ts';
import { exactNumber } from './json-number.ts';
import { Packed } from './json-packed.ts';
import { pointer } from './json-pointer.ts';

/** Caps of a JSON text: levels of nesting, and keys and items in total. */
export interface JsonLimits {
  readonly depth: number;
  readonly items: number;
  /**
   * Where objects become `Packed` as soon as they are read: keys, and `*` for every item of an array. The items of each are counted by
   * themselves, up to those of `JSON_LIMITS`.
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
  const reader = new Reader(typeof input === 'string' ? input : decode(input), limits);
  const value = reader.read();
  for (const _length of reader.pack());
  return value;
}

/** Characters after which others get their turn. */
const TURN = 524_288;

/** The same for a large text, letting others get on while it packs. */
export async function parseInTurns(input: Buffer, limits: JsonLimits): Promise<Json> {
  const reader = new Reader(decode(input), limits);
  const value = reader.read();
  let read = 0;
  for (const length of reader.pack()) {
    read += length;
    if (read < TURN) continue;
    await setImmediate();
    read = 0;
  }
  return value;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new JsonFault('', 'is not UTF-8');
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const FIRST_SURROGATE = 0xd800;

/** Each at the reader's place. What looks like a longer word or number is none. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const WORD = /(?:true|false|null)(?!\w)/y;

/** An object that was passed over: where it stands in the text, and where its value belongs. */
interface Aside {
  readonly holder: JsonObject;
  readonly key: string;
  readonly start: number;
  readonly length: number;
  readonly path: readonly (string | number)[];
}

class Reader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  /** Index of the next character. */
  #next = 0;
  /** Keys and indexes down to the value being read. Only the first `#depth` count, the rest is left over. */
  readonly #path: (string | number)[] = [];
  #depth = 0;
  #items = 0;
  readonly #asides: Aside[] = [];

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  read(): Json {
    if (this.#text.startsWith('\ufeff')) throw this.#fault('starts with a byte order mark; send plain UTF-8');
    this.#skipSpace();
    if (this.#next === this.#text.length) throw this.#fault('is empty; a JSON value is expected');
    const value = this.#value();
    this.#skipSpace();
    if (this.#next < this.#text.length) throw this.#malformed('the end of the text');
    return value;
  }

  #value(): Json {
    switch (this.#text.charCodeAt(this.#next)) {
      case OPEN_BRACE:
        return this.#object();
      case OPEN_BRACKET:
        return this.#array();
      case QUOTE:
        return this.#string('is a string');
      default:
        return this.#numberOrWord();
    }
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    this.#open();
    if (this.#take(CLOSE_BRACE)) return object;
    do this.#property(object);
    while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACE)) throw this.#malformed('`,` or `}`');
    return object;
  }

  #property(object: JsonObject): void {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#next) !== QUOTE) throw this.#malformed('a key in double quotes');
    const key = this.#string('has a key');
    this.#stepInto(key);
    if (Object.hasOwn(object, key)) throw this.#fault('is a duplicate key');
    if (!this.#take(COLON)) throw this.#malformed('`:`');
    this.#skipSpace();
    if (this.#isPacked()) this.#setAside(object, key);
    else setOwn(object, key, this.#value());
    this.#depth--;
  }

  #isPacked(): boolean {
    const { packed } = this.#limits;
    if (packed?.length !== this.#depth || this.#text.charCodeAt(this.#next) !== OPEN_BRACE) return false;
    return packed.every((step, i) => step === this.#path[i] || (step === '*' && Number.isInteger(this.#path[i])));
  }

  /** Goes past an object without looking into it. It is read when its turn comes, by `pack`. */
  #setAside(holder: JsonObject, key: string): void {
    const start = this.#next;
    this.#skipObject();
    this.#asides.push({ holder, key, start, length: this.#next - start, path: this.#path.slice(0, this.#depth) });
    setOwn(holder, key, null);
  }

  #skipObject(): void {
    let open = 0;
    do {
      const code = this.#text.charCodeAt(this.#next);
      if (code === QUOTE) {
        this.#next++;
        this.#findQuote();
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) open++;
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open--;
      else if (Number.isNaN(code)) throw this.#malformed('`}`');
      this.#next++;
    } while (open > 0);
  }

  /** Reads what was set aside, one after the other, each by the same rules; tells how long it was. */
  *pack(): Generator<number, void, undefined> {
    for (const { holder, key, start, length, path } of this.#asides) {
      const inner = new Reader(this.#text, { depth: this.#limits.depth, items: JSON_LIMITS.items });
      inner.#next = start;
      inner.#path.push(...path);
      inner.#depth = path.length;
      // Whoever names places to pack knows to find `Packed` there.
      setOwn(holder, key, new Packed(inner.#object()) as unknown as JsonObject);
      yield length;
    }
  }

  #array(): Json[] {
    const items: Json[] = [];
    this.#open();
    if (this.#take(CLOSE_BRACKET)) return items;
    do this.#item(items);
    while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACKET)) throw this.#malformed('`,` or `]`');
    return items;
  }

  #item(items: Json[]): void {
    this.#skipSpace();
    this.#stepInto(items.length);
    items.push(this.#value());
    this.#depth--;
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
    const raw = this.#text.slice(start, this.#next++);
    return plain ? raw : this.#unescape(raw, start, what);
  }

  /** Moves to the closing quote. False when there are escapes or surrogates on the way, which want a closer look. */
  #findQuote(): boolean {
    let plain = true;
    for (; ; this.#next++) {
      const code = this.#text.charCodeAt(this.#next);
      if (code === QUOTE) return plain;
      if (code === BACKSLASH) this.#next++;
      else if (Number.isNaN(code)) throw this.#malformed('`"`');
      else if (code < SPACE) throw this.#malformed('an escape such as `\\n` or `\\u0009` in place of the bare control character');
      if (code === BACKSLASH || code >= FIRST_SURROGATE) plain = false;
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
    const number = this.#match(NUMBER);
    if (number !== null) return this.#number(number);
    const word = this.#match(WORD);
    if (word === null) throw this.#malformed('a JSON value');
    return word === 'null' ? null : word === 'true';
  }

  #number(literal: string): number {
    const value = exactNumber(literal);
    if (value !== null) return value;
    const became = Number.isFinite(Number(literal)) ? `would be stored as ${Number(literal)}` : 'is out of range';
    throw this.#fault(`is the number ${excerpt(literal, 0)}, which ${became}; send it as a string`);
  }

  /** The text at this place that a sticky expression matches, or null. */
  #match(expression: RegExp): string | null {
    expression.lastIndex = this.#next;
    if (!expression.test(this.#text)) return null;
    const start = this.#next;
    this.#next = expression.lastIndex;
    return this.#text.slice(start, this.#next);
  }

  /** Goes past the character if it comes next, with or without space before it. */
  #take(code: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#next) !== code) return false;
    this.#next++;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#next))) this.#next++;
  }

  #fault(message: string): JsonFault {
    return new JsonFault(pointer(...this.#path.slice(0, this.#depth)), message);
  }

  #malformed(expected: string): JsonFault {
    const found = this.#next < this.#text.length ? `\`${excerpt(this.#text, this.#next)}\`` : 'the end of the text';
    return this.#fault(`is malformed at ${position(this.#text, this.#next)}: expected ${expected}, found ${found}`);
  }
}

const isSpace = (code: number): boolean => code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;

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

/** A few characters of the text, without control characters and torn surrogates. */
const excerpt = (text: string, start: number): string => {
  const part = text
    .slice(start, start + EXCERPT)
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed();
  return start + EXCERPT < text.length ? `${part}…` : part;
};

function position(text: string, index: number): string {
  const lines = text.slice(0, index).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
