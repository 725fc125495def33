import type { JsonObject } from './json.ts';
import { canonicalJson, digestOf } from './json-canonical.ts';

/** A JSON object kept as the bytes of its canonical text: a large body has thousands of them, and as trees they take twenty times as much. */
export class Packed {
  readonly canonical: Buffer;

  constructor(value: JsonObject) {
    this.canonical = Buffer.from(canonicalJson(value), 'utf8');
  }

  unpack(): JsonObject {
    return JSON.parse(this.canonical.toString('utf8')) as JsonObject;
  }

  /** In the JSON of the whole, its digest stands for it. */
  toJSON(): string {
    return digestOf(this.canonical).toString('hex');
  }
}
