import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorMessage } from '../../kernel/errors.ts';
import { embeddingRanges, type EmbeddingMatrix, type EmbeddingRanges } from '../../models.ts';
import { UsageError } from '../usage-error.ts';

/** More than the ranges of any model take. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file of ranges: `[[least of each dimension], [greatest of each]]`, as `ranges.tolist()` in Python writes them.
 *
 * @param dimensions - Numbers that a vector to be quantized has.
 * @throws {@link UsageError} `USAGE_BAD_VALUE` for a file that is none.
 */
export async function readRanges(file: string, workingDirectory: string, dimensions: number): Promise<EmbeddingRanges> {
  const path = resolve(workingDirectory, file);
  let value: unknown;
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw new RangeError(`it has ${size} bytes`);
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw badFile(`the ranges in ${path} cannot be read: ${errorMessage(cause)}`, cause);
  }
  const [minimum, maximum, ...rest] = Array.isArray(value) ? value.map(numbersOf) : [];
  if (minimum?.length !== dimensions || maximum?.length !== dimensions || rest.length > 0) {
    throw badFile(`${path} does not hold two lists of ${dimensions} numbers`);
  }
  const turned = minimum.findIndex((start, index) => !(start <= (maximum[index] ?? start)));
  if (turned >= 0) throw badFile(`in ${path} the range of dimension ${turned} ends before it begins`);
  return [minimum, maximum];
}

function numbersOf(value: unknown): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const numbers = value.filter((item): item is number => typeof item === 'number');
  return numbers.length === value.length ? numbers : null;
}

/**
 * Says before the work whether {@link writeRanges} can write at the end of it. Creates nothing.
 *
 * @throws {@link UsageError} `USAGE_BAD_VALUE` where the folder is missing or cannot be written to.
 */
export async function assertRangesWritable(file: string, workingDirectory: string): Promise<void> {
  const path = resolve(workingDirectory, file);
  try {
    await access(dirname(path), constants.W_OK);
    const existing = await stat(path).catch(() => null); // Absent, as most often.
    if (existing?.isDirectory() === true) throw new TypeError('it is a folder');
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Writes ranges so that {@link readRanges} and NumPy read them. */
export async function writeRanges(file: string, workingDirectory: string, ranges: EmbeddingRanges): Promise<void> {
  const path = resolve(workingDirectory, file);
  try {
    await writeFile(path, `${JSON.stringify(ranges.map((values) => Array.from(values)))}\n`);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** The ranges over several matrices of one width; null without a row. */
export function rangesOver(matrices: readonly EmbeddingMatrix[]): EmbeddingRanges | null {
  const [first, ...others] = matrices.filter(({ rows }) => rows > 0).map((matrix) => embeddingRanges(matrix));
  if (first === undefined) return null;
  const [minimum, maximum] = first;
  for (const [least, greatest] of others) {
    for (let index = 0; index < minimum.length; index++) {
      minimum[index] = Math.min(minimum[index] ?? 0, least[index] ?? 0);
      maximum[index] = Math.max(maximum[index] ?? 0, greatest[index] ?? 0);
    }
  }
  return [minimum, maximum];
}

function unwritable(path: string, cause: unknown): UsageError {
  return new UsageError(`the ranges cannot be written to ${path}: ${errorMessage(cause)}`, {
    code: 'USAGE_BAD_VALUE',
    hint: 'Name a file in a folder that is there and can be written to.',
    cause,
  });
}

function badFile(message: string, cause?: unknown): UsageError {
  return new UsageError(message, {
    code: 'USAGE_BAD_VALUE',
    hint: 'Name a file that --write-ranges wrote for the same model and the same --dimensions.',
    cause,
  });
}
