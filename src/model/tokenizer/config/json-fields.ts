import { malformed } from '../tokenizer-error.ts';

/** A JSON object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` unless `value` is an object. `field` names it. */
export function fields(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(field, 'is not an object');
  return Object.fromEntries(Object.entries(value));
}

/** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` unless `value` is an array. */
export function array(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(field, 'is not an array');
  return value;
}

/** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` unless `value` is a string. */
export function text(value: unknown, field: string): string {
  if (typeof value !== 'string') throw malformed(field, 'is not a string');
  return value;
}

/** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` unless `value` is true, false, or absent. */
export function flag(value: unknown, field: string, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'boolean') throw malformed(field, `is ${quote(value)} instead of true or false`);
  return value;
}

/** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` unless `value` is a whole number from 0 to 2^31 - 1. */
export function id(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0x7fffffff) {
    throw malformed(field, `is ${quote(value)} instead of a token id`);
  }
  return value;
}

/** A single step, the steps of a `Sequence` (also of one within), or none. */
export function sequence(value: unknown, field: string, listField: string): Fields[] {
  if (value === undefined || value === null) return [];
  const step = fields(value, field);
  if (step['type'] !== 'Sequence') return [step];
  const inner = `${field}.${listField}`;
  return array(step[listField], inner).flatMap((entry) => sequence(entry, inner, listField));
}

/** Short enough for a message, whatever the file says. */
export function quote(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
