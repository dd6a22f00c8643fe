import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';

/** Largest configuration file that is parsed (CWE-770); real ones stay under 100 kB. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** A JSON object of a model folder with narrow readers: a field is what the caller expects or an error names it. */
export class JsonObject {
  readonly path: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(path: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalid(path, '', 'is not an object');
    this.path = path;
    this.#fields = new Map(Object.entries(value));
  }

  /** Names of all fields, in the order of the file. */
  names(): readonly string[] {
    return [...this.#fields.keys()];
  }

  /** The raw value, undefined when absent. */
  get(field: string): unknown {
    return this.#fields.get(field);
  }

  /**
   * A whole number in `min..max`.
   *
   * @throws {@link ModelError} `MODEL_CONFIG_INVALID` when it is absent (and there is no fallback) or anything else.
   */
  integer(field: string, range: { readonly min: number; readonly max: number }, fallback?: number): number {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < range.min || value > range.max) {
      throw invalid(
        this.path,
        field,
        `is ${JSON.stringify(value)} instead of a whole number from ${range.min} to ${range.max}`,
      );
    }
    return value;
  }

  /** A finite number above zero. Throws as {@link integer}. */
  positiveNumber(field: string, fallback: number): number {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw invalid(this.path, field, `is ${JSON.stringify(value)} instead of a number above zero`);
    }
    return value;
  }

  /** A string, or the fallback when absent or null. Throws as {@link integer}. */
  string(field: string, fallback: string): string {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'string') throw invalid(this.path, field, `is ${JSON.stringify(value)} instead of a string`);
    return value;
  }

  /** A boolean, or the fallback when absent or null. Throws as {@link integer}. */
  boolean(field: string, fallback: boolean): boolean {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'boolean')
      throw invalid(this.path, field, `is ${JSON.stringify(value)} instead of true or false`);
    return value;
  }

  /** A nested object, or null when absent or null. Throws as {@link integer}. */
  object(field: string): JsonObject | null {
    const value = this.get(field);
    return value === undefined || value === null ? null : new JsonObject(`${this.path}: ${field}`, value);
  }
}

function invalid(path: string, field: string, what: string): ModelError {
  return new ModelError(`${path}: ${field === '' ? 'the document' : `"${field}"`} ${what}`, {
    code: 'MODEL_CONFIG_INVALID',
    hint: 'Get the model again: this file is damaged or belongs to another kind of model.',
    details: { path, field },
  });
}

/**
 * Parses a JSON file of a model folder.
 *
 * @returns the parsed value, or undefined when there is no such file.
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID` when it is too large, unreadable or no JSON.
 */
export async function readJsonFile(folder: string, name: string): Promise<unknown> {
  const path = join(folder, name);
  try {
    const found = await stat(path);
    // A link to a device would be read for ever, a named pipe waited for (CWE-770).
    if (!found.isFile()) throw new Error('it is not a regular file');
    const { size } = found;
    if (size > MAX_CONFIG_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_CONFIG_BYTES}`);
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ModelError(`${path} cannot be read as JSON: ${errorMessage(cause)}`, {
      code: 'MODEL_CONFIG_INVALID',
      hint: 'Get the model again: this file is damaged.',
      details: { path, field: '' },
      cause,
    });
  }
}

/** As {@link readJsonFile}, but the file must hold an object; null when there is no such file. */
export async function readJsonObject(folder: string, name: string): Promise<JsonObject | null> {
  const value = await readJsonFile(folder, name);
  return value === undefined ? null : new JsonObject(join(folder, name), value);
}
