import type { Diagnostic } from '../kernel/diagnostics.ts';
import { decodeFacts, encodeFacts } from './facts-codec.ts';
import type { ParsedFile } from './language.ts';
import type { ParsingErrorCode } from './parsing-error.ts';

/** What the pool sends to a worker: one file. Answers come in the order of the requests. */
export interface ParseRequest {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** A parsed file on its way between threads: objects take three times as long to send as their bytes. */
export interface PackedFile {
  /** @see ./facts-codec.ts */
  readonly facts: Uint8Array<ArrayBuffer>;
  /** What facts leave out: the documentation of each definition, or nothing where none has any. */
  readonly documentation: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** What the worker of another layer made of the file. */
  readonly attachment?: Uint8Array<ArrayBuffer> | undefined;
}

/** Packs a file for another thread. */
export function packFile(file: ParsedFile): PackedFile {
  const isDocumented = file.definitions.some(({ documentation }) => documentation !== '');
  return {
    facts: encodeFacts(file),
    documentation: isDocumented ? file.definitions.map(({ documentation }) => documentation) : [],
    diagnostics: file.diagnostics,
  };
}

/** The file that was packed. Its references are unpacked when they are asked for, each time anew. */
export function unpackFile({ facts, documentation, diagnostics }: PackedFile): ParsedFile {
  const file = decodeFacts(facts);
  const definitions =
    documentation.length === 0
      ? file.definitions
      : file.definitions.map((definition, index) => ({ ...definition, documentation: documentation[index] ?? '' }));
  // Assigned, not spread: that would unpack the references.
  return Object.assign(file, { definitions, diagnostics });
}

/** What a worker answers. An error is about the parser itself, never about the file. */
export type ParseResponse =
  | PackedFile
  | {
      readonly error: { readonly message: string; readonly code: ParsingErrorCode; readonly hint: string | undefined };
    };
