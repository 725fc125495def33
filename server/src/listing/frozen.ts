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
  let shape: readonly string[] = [];
  let made: Text | null = null;
  return (...fragments) => {
    if (made === null || fragments.some(({ sql }, index) => sql !== shape[index])) {
      shape = fragments.map(({ sql }) => sql);
      const { text, values } = make(...(fragments.map(slotted) as readonly Sql[] as F));
      made = { text, values };
    }
    const { text, values } = made;
    return { text, values: values.map((value) => (value instanceof Slot ? fragments[value.fragment]?.values[value.index] : value)) };
  };
}

const slotted = ({ strings, values }: Sql, fragment: number): Sql =>
  new Sql(
    strings,
    values.map((_, index) => new Slot(fragment, index)),
  );
