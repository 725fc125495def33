import type { Json } from '../json.ts';

/** The types of JSON, and `integer`, which JSON Schema tells apart from other numbers. */
export const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function jsonType(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'boolean' | 'number' | 'string' | 'object';
}

export const hasType = (value: Json, type: string): boolean => (type === 'integer' ? Number.isInteger(value) : jsonType(value) === type);
