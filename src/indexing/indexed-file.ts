import { chunkFile } from '../chunking/chunk-file.ts';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { ParsedSource } from '../parsing/parse-pool.ts';
import { buildSymbols } from '../resolution/build-symbols.ts';
import type { FileStamp, IndexedFile } from '../store/index-store.ts';
import { unpackChunks } from './chunk-bytes.ts';

/**
 * A parsed file for the store. Symbols and chunks are unpacked when they are asked for, each time anew: files that wait
 * for their transaction are a few bytes, not many objects.
 *
 * @param read - Its text, and what reading it gave cause to say.
 */
export function indexedFileOf(
  stamp: FileStamp,
  parsed: ParsedSource,
  read: { readonly text: string; readonly diagnostics: readonly Diagnostic[] },
): IndexedFile {
  const { facts, attachment } = parsed;
  const chunks = attachment === undefined ? chunkFile(parsed.file, read.text) : undefined;
  return {
    stamp,
    facts,
    diagnostics: [...read.diagnostics, ...parsed.diagnostics],
    get symbols() {
      return buildSymbols(parsed.file);
    },
    get chunks() {
      return attachment === undefined ? (chunks ?? []) : unpackChunks(attachment);
    },
  };
}
