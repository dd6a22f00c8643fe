import { ProtobufReader } from '../kernel/protobuf-reader.ts';
import type { ScipDocument, ScipOccurrence } from './scip-index.ts';
import { ScipError } from './scip-error.ts';
import { DEFINITION_ROLE, POSITION_ENCODINGS, SCIP } from './scip-schema.ts';

/** Largest index that is read (CWE-770): that of a repository of a million lines has about 300 MB. */
const MAX_SCIP_BYTES: number = 1024 ** 3;

/**
 * Looks at the size of an index before it is read.
 *
 * @throws {@link ScipError} `SCIP_LIMIT_EXCEEDED`.
 */
export function assertReadableSize(sizeBytes: number, path: string): void {
  if (sizeBytes <= MAX_SCIP_BYTES) return;
  throw new ScipError(`${path} has ${sizeBytes} bytes, more than the ${MAX_SCIP_BYTES} that are read`, {
    code: 'SCIP_LIMIT_EXCEEDED',
    hint: 'Index a part of the repository with the tool that wrote the file.',
    details: { path, limit: MAX_SCIP_BYTES },
  });
}

/**
 * Reads the documents of a SCIP index, one at a time. Paths that lead out of the root, and ranges that are none, are
 * left out: an index is input like any other.
 *
 * @param path - For messages.
 * @throws {@link ScipError} `SCIP_MALFORMED` where the bytes are no index, `SCIP_LIMIT_EXCEEDED`.
 */
export function* readScipIndex(bytes: Uint8Array, path: string): Generator<ScipDocument, void, undefined> {
  assertReadableSize(bytes.byteLength, path);
  const index = new ProtobufReader(bytes, (problem, cause) => malformed(path, problem, cause));
  while (index.next()) {
    if (index.field !== SCIP.index.documents) index.skip();
    else {
      const document = readDocument(index.message());
      if (isInside(document.path)) yield document;
    }
  }
}

function malformed(path: string, problem: string, cause?: unknown): ScipError {
  return new ScipError(`${path} is not a SCIP index: it ${problem}`, {
    code: 'SCIP_MALFORMED',
    hint: 'Write it again with a SCIP indexer such as scip-typescript, scip-python or rust-analyzer.',
    details: { path },
    cause,
  });
}

function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !/(?:^|\/)\.\.(?:\/|$)|[\\\0]/.test(path);
}

function readDocument(message: ProtobufReader): ScipDocument {
  let path = '';
  let encoding = 0;
  const occurrences: ScipOccurrence[] = [];
  while (message.next()) {
    if (message.field === SCIP.document.relativePath) path = message.text();
    else if (message.field === SCIP.document.positionEncoding) encoding = message.varint();
    else if (message.field === SCIP.document.occurrences) {
      const occurrence = readOccurrence(message.message());
      if (occurrence !== undefined) occurrences.push(occurrence);
    } else message.skip();
  }
  return { path, positionEncoding: POSITION_ENCODINGS[encoding] ?? 'unspecified', occurrences };
}

function readOccurrence(message: ProtobufReader): ScipOccurrence | undefined {
  const range: number[] = [];
  let symbol = '';
  let roles = 0;
  while (message.next()) {
    if (message.field === SCIP.occurrence.range) range.push(...message.varints());
    else if (message.field === SCIP.occurrence.symbol) symbol = message.text();
    else if (message.field === SCIP.occurrence.symbolRoles) roles = message.varint();
    else message.skip();
  }
  const [line, column] = range;
  // Three numbers on one line, four over several.
  if (line === undefined || column === undefined || range.length > 4 || symbol === '') return undefined;
  return { line, column, symbol, isDefinition: (roles & DEFINITION_ROLE) !== 0 };
}
