import { CodeGraphError } from '../../kernel/errors.ts';

/**
 * Codes of {@link TokenizerError} and what its `details` hold.
 *
 * - `TOKENIZER_MISSING`: the folder has no tokenizer file that can be read. `folder`, `searched`.
 * - `TOKENIZER_LFS_POINTER`: the file is a Git LFS pointer instead of the data. `path`, `oid`, `sizeBytes`.
 * - `TOKENIZER_MALFORMED`: the bytes are not what the format says. `path` (where known), `field` or `position`.
 * - `TOKENIZER_UNSUPPORTED`: well formed, but a kind of tokenizer this version does not compute. `feature`.
 * - `TOKENIZER_LIMIT_EXCEEDED`: larger than any real tokenizer. `limit`, `maximum`, `actual`.
 * - `TOKENIZER_VOCABULARY_MISMATCH`: another number of tokens than the network has embeddings for. `path`, `expected`, `actual`.
 */
export const TOKENIZER_ERROR_CODES = [
  'TOKENIZER_MISSING',
  'TOKENIZER_LFS_POINTER',
  'TOKENIZER_MALFORMED',
  'TOKENIZER_UNSUPPORTED',
  'TOKENIZER_LIMIT_EXCEEDED',
  'TOKENIZER_VOCABULARY_MISMATCH',
] as const;
export type TokenizerErrorCode = (typeof TOKENIZER_ERROR_CODES)[number];

/** A tokenizer file that cannot be used. */
export class TokenizerError extends CodeGraphError<TokenizerErrorCode> {
  override readonly name: string = 'TokenizerError';
}

/** An error for bytes or fields that break their format. `field` is a JSON path or a section name. */
export function malformed(field: string, what: string, cause?: unknown): TokenizerError {
  return new TokenizerError(`${field} ${what}`, {
    code: 'TOKENIZER_MALFORMED',
    hint: 'Get the tokenizer again: this file is damaged or of another format.',
    details: { field },
    cause,
  });
}

/** An error for a well-formed tokenizer of a kind that is not computed here. */
export function unsupported(feature: string): TokenizerError {
  return new TokenizerError(`The tokenizer uses ${feature}, which is not supported`, {
    code: 'TOKENIZER_UNSUPPORTED',
    hint: 'Choose a model with a Unigram, WordPiece or byte-level BPE tokenizer.',
    details: { feature },
  });
}

/** An error for input beyond a named limit (CWE-770). */
export function limitExceeded(limit: string, maximum: number, actual: number): TokenizerError {
  return new TokenizerError(`The tokenizer has ${actual} ${limit}, more than the limit of ${maximum}`, {
    code: 'TOKENIZER_LIMIT_EXCEEDED',
    hint: 'Check that the file is a tokenizer: no known one is this large.',
    details: { limit, maximum, actual },
  });
}
