import type { JsonObject } from '../../server/src/lib/json.ts';
import { type Random, randomOf } from '../random.ts';

/** Bytes of the middle definition, and how far the others are from it: sizes of what people write are log-normal. */
const MEDIAN = 12_288;
const SPREAD = 0.6;
const LARGEST = 200_000;

const SYLLABLES = 'ba con de er fi gra hol in ka lu men nor op pri qua ras st tre un ver'.split(' ');

/** Some thousand made-up words: text of them compresses about as well as prose does. */
const WORDS = Array.from({ length: 4_000 }, (_, n) => wordOf(randomOf(`word ${n}`)));

/**
 * The definition of one member: an agent with instructions, tools that refer to other members, and examples. The same for the same
 * seed; another `edition` changes a paragraph of it.
 */
export function memberDefinition(seed: string, refs: readonly string[], edition: number): JsonObject {
  const random = randomOf(seed);
  const bytes = sizeOf(random);
  return {
    description: prose(randomOf(`${seed} ${edition}`), 400),
    tone: '{{ variables.tone }}',
    instructions: prose(random, bytes * 0.5),
    tools: refs.map((uses, n) => ({
      name: `tool-${n}`,
      uses,
      description: prose(random, bytes * 0.05),
      retries: n,
      optional: n % 2 === 0,
    })),
    examples: Array.from({ length: 5 }, (_, n) => ({
      id: `example-${n}`,
      question: prose(random, bytes * 0.02),
      answer: prose(random, bytes * 0.05),
    })),
  };
}

function sizeOf(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(LARGEST, MEDIAN * Math.exp(SPREAD * normal));
}

/** Sentences of about so many characters together. */
function prose(random: Random, length: number): string {
  const words: string[] = [];
  for (let left = length; left > 0; ) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
    words.push(random() < 0.08 ? `${word}.` : word);
    left -= word.length + 1;
  }
  return words.join(' ');
}

function wordOf(random: Random): string {
  const syllables = Array.from({ length: 1 + Math.floor(random() * 4) }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]);
  return syllables.join('');
}
