/** Caps of a schema that a user wrote, and of one validation. What is over a cap is refused, never cut. */
export const SCHEMA_CAPS = {
  /** Bytes of the schema's JSON. */
  bytes: 262_144,
  subschemas: 2_000,
  enumValues: 1_000,
  /** Subschemas that one value meets at one place, through `$ref`, `allOf` and the like. Doubling 20 times would be 2^20. */
  expansion: 2_000,
  /** Characters of one pattern; instructions and Unicode classes (`\p{…}`) of all patterns together. */
  patternLength: 1_000,
  patternSize: 10_000,
  unicodeClasses: 50,
  /** Steps of one validation: about one per subschema and value, more for long strings, patterns and comparisons. These take some 40 ms. */
  steps: 300_000,
  /** Subschemas within one another during a validation; keeps the stack small. */
  nesting: 500,
  /** Characters of JSON that completing one value with defaults may add, each property looked at counting as one. */
  completion: 1_048_576,
  /** Faults that are reported. */
  faults: 100,
} as const;
