import type { Pieces } from './pieces.ts';
import { Turns } from './turns.ts';

/** Characters of a piece, about. */
const PIECE = 65_536;

/** The JSON of an object whose values may be long lists, in pieces: `{ members: [ … ] }`. Others may get on while it is written. */
export async function jsonInTurns(value: Readonly<Record<string, unknown>>, turns = new Turns()): Promise<Pieces> {
  const pieces: string[] = [];
  let piece = '{';
  const add = async (text: string) => {
    piece += text;
    if (piece.length < PIECE) return;
    pieces.push(piece);
    piece = '';
    await turns.pass();
  };
  let comma = '';
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue;
    await add(`${comma}${JSON.stringify(name)}:`);
    comma = ',';
    if (Array.isArray(each)) await addList(each, add);
    else await add(JSON.stringify(each));
  }
  const [json = '', ...rest] = [...pieces, `${piece}}`];
  return rest.length === 0 ? { json } : { json, rest };
}

/** The JSON of an object with one list, of whose items the texts are there. */
export async function textsInTurns(name: string, texts: readonly string[]): Promise<Pieces> {
  const pieces: string[] = [];
  const turns = new Turns();
  let piece = `{${JSON.stringify(name)}:[`;
  for (const [index, text] of texts.entries()) {
    piece += index === 0 ? text : `,${text}`;
    if (piece.length < PIECE) continue;
    pieces.push(piece);
    piece = '';
    await turns.pass();
  }
  const [json = '', ...rest] = [...pieces, `${piece}]}`];
  return rest.length === 0 ? { json } : { json, rest };
}

async function addList(items: readonly unknown[], add: (text: string) => Promise<void>): Promise<void> {
  await add('[');
  for (const [index, item] of items.entries()) await add(`${index === 0 ? '' : ','}${JSON.stringify(item ?? null)}`);
  await add(']');
}
