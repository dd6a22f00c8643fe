import { measureJson } from '../../kernel/text/measure-json.ts';
import type { Dtype } from '../../tensor/dtype.ts';
import { storageBytes } from '../../tensor/dtype-layout.ts';
import { MAX_TENSOR_RANK } from '../../tensor/geometry.ts';
import { CheckpointError, type CheckpointFailure } from '../checkpoint-error.ts';

/** Largest header (CWE-789): 160 bytes for each tensor. The reference implementation would read 100 MB. */
export const MAX_SAFETENSORS_HEADER_BYTES: number = 16 * 1024 * 1024;
/** Most tensors (CWE-770). */
export const MAX_SAFETENSORS_TENSORS = 100_000;

/** The header, an entry, its shape: deeper there is nothing. */
const MAX_JSON_DEPTH = 3;
/** Most values in the header (CWE-770): a tensor has about ten. */
const MAX_JSON_VALUES = 1_000_000;

/** What each dtype name means; the others of the format are listed as ignored. */
const DTYPE_NAMES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
  ['C64', 'complex64'],
]);

/** A tensor as the header describes it. */
export interface SafetensorsEntry {
  readonly name: string;
  /** Name in the file, such as `F32`. */
  readonly dtypeName: string;
  /** Null when this package does not read it. */
  readonly dtype: Dtype | null;
  readonly shape: readonly number[];
  /** From the start of the data. */
  readonly begin: number;
  readonly end: number;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parseEntry(name: string, value: unknown, failure: CheckpointFailure): SafetensorsEntry {
  const invalid = (problem: string): Error => failure.malformed(`safetensors entry ${name} ${problem}`);
  if (!isRecord(value)) throw invalid('is not an object');
  const { dtype: dtypeName, shape, data_offsets: offsets } = value;
  if (typeof dtypeName !== 'string') throw invalid('has no dtype');
  if (!Array.isArray(shape) || !shape.every(isCount) || shape.length > MAX_TENSOR_RANK)
    throw invalid('has no valid shape');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw invalid('has no valid data_offsets');
  const [begin = 0, end = 0] = offsets;
  const dtype = DTYPE_NAMES.get(dtypeName) ?? null;
  if (end < begin) throw invalid(`ends at ${end}, before it begins at ${begin}`);
  if (dtype !== null && shape.reduce((product, size) => product * size, storageBytes(dtype, 1)) !== end - begin) {
    throw invalid(`of dtype ${dtypeName} and shape [${shape.join(', ')}] has ${end - begin} bytes`);
  }
  return { name, dtypeName, dtype, shape, begin, end };
}

/** The data of the tensors must cover the rest of the file, without holes (CWE-436: nothing else hides there). */
function assertCovers(entries: readonly SafetensorsEntry[], dataBytes: number, failure: CheckpointFailure): void {
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      throw failure.malformed(
        `safetensors entry ${entry.name} begins at ${entry.begin} of the data, and the one before ends at ${end}`,
      );
    }
    end = entry.end;
  }
  if (end > dataBytes) throw failure.truncated(`the tensors need ${end} bytes of data and the file has ${dataBytes}`);
  if (end < dataBytes) throw failure.malformed(`the tensors cover ${end} of the ${dataBytes} bytes of data`);
}

function parseJson(bytes: Uint8Array, failure: CheckpointFailure): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const { depth, valueCount } = measureJson(text);
    if (depth > MAX_JSON_DEPTH) throw failure.malformed(`the safetensors header is nested ${depth} levels deep`, 8);
    if (valueCount > MAX_JSON_VALUES) {
      throw failure.limitExceeded(`the safetensors header has ${valueCount} values`, MAX_JSON_VALUES, 8);
    }
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    // The messages of JSON.parse quote the input, which may be anything.
    throw failure.malformed('the safetensors header is not JSON', 8);
  }
}

/**
 * Parses the JSON header of a safetensors file.
 *
 * @param bytes - The header without its length.
 * @param dataBytes - Bytes of the file after the header.
 * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED`, `CHECKPOINT_TRUNCATED`, `CHECKPOINT_LIMIT_EXCEEDED`.
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  dataBytes: number,
  failure: CheckpointFailure,
): readonly SafetensorsEntry[] {
  const header = parseJson(bytes, failure);
  if (!isRecord(header)) throw failure.malformed('the safetensors header is not an object', 8);
  const described = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (described.length > MAX_SAFETENSORS_TENSORS) {
    throw failure.limitExceeded(`the file has ${described.length} tensors`, MAX_SAFETENSORS_TENSORS);
  }
  const entries = described.map(([name, value]) => parseEntry(name, value, failure));
  assertCovers(entries, dataBytes, failure);
  return entries;
}
