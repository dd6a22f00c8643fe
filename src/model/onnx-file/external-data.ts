import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { errorMessage } from '../../kernel/errors.ts';
import { OnnxError, onnxLimitExceeded } from './onnx-error.ts';
import type { ExternalPart } from './onnx-model.ts';

/** Most data files of one graph (CWE-770); exporters that write one for each tensor make some hundred. */
const MAX_DATA_FILES = 4096;

/** A data file beside a graph. */
export interface DataFile {
  /** As it stands in the graph. */
  readonly location: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Finds the data files of a graph and checks that they hold what it asks for. A graph names its files itself: they must
 * lie in its folder (CWE-22), or where a link of the folder leads that the graph's own link leads to as well, which is
 * how the Hugging Face cache is laid out.
 *
 * @throws {@link OnnxError} `ONNX_EXTERNAL_DATA`, `ONNX_LIMIT_EXCEEDED`.
 */
export async function findDataFiles(path: string, parts: readonly ExternalPart[]): Promise<DataFile[]> {
  const files = new Map<string, DataFile>();
  for (const part of parts) {
    const file = files.get(part.location) ?? (await findDataFile(path, part.location));
    files.set(part.location, file);
    if (files.size > MAX_DATA_FILES) throw onnxLimitExceeded(path, `it names ${files.size} data files`, MAX_DATA_FILES);
    const end = part.byteOffset + (part.byteLength ?? 0);
    if (end > file.sizeBytes) {
      throw externalData(
        path,
        part.location,
        `has ${file.sizeBytes} bytes, but the tensor ${JSON.stringify(part.tensor)} needs ${end}`,
        'Download the file again: the end of it is missing.',
      );
    }
  }
  return [...files.values()];
}

async function findDataFile(path: string, location: string): Promise<DataFile> {
  const folder = dirname(path);
  const file = join(folder, location);
  const outside =
    location === '' ||
    isAbsolute(location) ||
    /^[a-z]:|[\\\0]/i.test(location) ||
    location.split('/').includes('..') ||
    !isInside(folder, file);
  if (outside) throw climbsOut(path, location);
  let found: { real: string; size: number; places: readonly string[] };
  try {
    const description = await stat(file);
    if (!description.isFile()) throw new Error('it is not a regular file');
    const places = [await realpath(folder), dirname(await realpath(path))];
    found = { real: await realpath(file), size: description.size, places };
  } catch (cause) {
    const problem = `cannot be read: ${errorMessage(cause)}`;
    throw externalData(path, location, problem, 'Download it too: it holds the weights of the graph.', cause);
  }
  if (!found.places.some((place) => isInside(place, found.real))) throw climbsOut(path, location);
  return { location, path: file, sizeBytes: found.size };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function climbsOut(path: string, location: string): OnnxError {
  return externalData(
    path,
    location,
    'is outside the folder of the graph',
    'Do not use this file anywhere, unless you know who made it: it asks for files that are not its own.',
  );
}

function externalData(path: string, location: string, problem: string, hint: string, cause?: unknown): OnnxError {
  return new OnnxError(`${path}: its data file ${JSON.stringify(location)} ${problem}`, {
    code: 'ONNX_EXTERNAL_DATA',
    hint,
    details: { path, location },
    cause,
  });
}
