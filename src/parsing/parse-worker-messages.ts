import type { ParsedFile } from './language.ts';
import type { ParsingErrorCode } from './parsing-error.ts';

/** What the pool sends to a worker: one file. The answer comes before the next request is sent. */
export interface ParseRequest {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** What a worker answers. An error is about the parser itself, never about the file. */
export type ParseResponse =
  | { readonly file: ParsedFile }
  | {
      readonly error: { readonly message: string; readonly code: ParsingErrorCode; readonly hint: string | undefined };
    };
