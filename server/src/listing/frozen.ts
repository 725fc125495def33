import { Sql } from 'sql-template-tag';

/** Stands for a value that is put in later: the nth of a fragment. */
class Slot {
  readonly fragment: number;
  readonly index: number;
  constructor(fragment: number, index: number) {
    this.fragment = fragment;
    this.index = index;
  }
}

/** A statement as the database takes it. */
export interface Text {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Puts the fragments' values in. */
export type Frozen<F extends readonly Sql[]> = (...fragments: F) => Text;

/**
 * A statement made of fragments, whose text is made once: as long as the fragments' own texts stay the same, their values are all that
 * is put in anew. Making the text of a page takes longer than sending it.
 */
export function frozen<F extends readonly Sql[]>(make: (...fragments: F) => Sql): Frozen<F> {
  let shape: readonly (readonly string[])[] = [];
  let made: Text | null = null;
  return (...fragments) => {
    if (made === null || !fragments.every(({ strings }, index) => areSame(strings, shape[index]))) {
      shape = fragments.map(({ strings }) => strings);
      made = numbered(make(...(fragments.map(slotted) as readonly Sql[] as F)));
    }
    const { text, values } = made;
    return { text, values: values.map((value) => (value instanceof Slot ? fragments[value.fragment]?.values[value.index] : value)) };
  };
}

const areSame = (some: readonly string[], others: readonly string[] = []): boolean =>
  some.length === others.length && some.every((each, index) => each === others[index]);

const slotted = ({ strings, values }: Sql, fragment: number): Sql =>
  new Sql(
    strings,
    values.map((_, index) => new Slot(fragment, index)),
  );

/** The cast behind a value, if any. */
const CAST = /^::[\w[\]]+/;

/**
 * The text of a statement. A value that is said several times with the same cast, or stands for the same value to come, is one parameter:
 * a list says the asker's workspace twenty times. Without a cast, the database might take it for another type in each place.
 */
function numbered({ strings, values }: Sql): Text {
  const numbers = new Map<unknown, number>();
  const distinct: unknown[] = [];
  const numberOf = (value: unknown, index: number): number => {
    const cast = CAST.exec(strings[index + 1] ?? '')?.[0];
    const same = typeof value === 'string' && cast !== undefined ? `${cast} ${value}` : value instanceof Slot ? value : index;
    const number = numbers.get(same) ?? distinct.push(value);
    numbers.set(same, number);
    return number;
  };
  const text = values.map((value, index) => `$${numberOf(value, index)}${strings[index + 1]}`);
  return { text: [strings[0], ...text].join(''), values: distinct };
}
