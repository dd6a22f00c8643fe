import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link ParsingError}.
 * - `PARSING_QUERY_INVALID`: a `symbols.scm` does not compile or uses an unknown capture; `details`: `language`, `capture`.
 * - `PARSING_GRAMMAR_INVALID`: a `parser.wasm` cannot be loaded; `details`: `language`.
 * - `PARSING_LANGUAGE_INVALID`: a `language.json` is wrong; `details`: `path`.
 * - `PARSING_LANGUAGE_UNKNOWN`: no language has that id; `details`: `language`, `known`.
 * - `PARSING_CLOSED`: a parse pool was used after it was closed.
 */
export const PARSING_ERROR_CODES = [
  'PARSING_QUERY_INVALID',
  'PARSING_GRAMMAR_INVALID',
  'PARSING_LANGUAGE_INVALID',
  'PARSING_LANGUAGE_UNKNOWN',
  'PARSING_CLOSED',
] as const;
export type ParsingErrorCode = (typeof PARSING_ERROR_CODES)[number];

/** Trouble with the parsers themselves. Trouble with a source file is a `Diagnostic`, never this. */
export class ParsingError extends CodeGraphError<ParsingErrorCode> {
  override readonly name: string = 'ParsingError';
}
