/** A text, and what follows it piece by piece: joined, some hundred megabytes would stop everybody for as long as that takes. */
export interface Pieces {
  readonly json: string;
  readonly rest?: readonly (string | Buffer)[];
}

/** Characters up to which texts are joined. */
const JOINED = 262_144;

/** The texts in one where they are short together. */
export function inPieces(texts: readonly string[]): Pieces {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const [json = '', ...rest] = texts;
  return length <= JOINED ? { json: texts.join('') } : { json, rest };
}

export const bytesOf = ({ json, rest = [] }: Pieces): number =>
  rest.reduce((sum, piece) => sum + Buffer.byteLength(piece), Buffer.byteLength(json));
