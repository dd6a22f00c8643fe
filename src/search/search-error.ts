import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link SearchError}.
 *
 * - `SEARCH_QUERY_EMPTY`: the query has no text. No `details`.
 * - `SEARCH_NO_VECTORS`: a semantic search over an index that has none. `details`: `chunks`.
 * - `SEARCH_MODEL_MISMATCH`: the index was embedded with another model. `details`: `indexModel`, `indexFingerprint`,
 *   `encoderModel`, `encoderFingerprint`.
 * - `SYMBOL_NOT_FOUND`: no definition has the name. `details`: `name`, `closeNames`.
 * - `SYMBOL_AMBIGUOUS`: several definitions have it. `details`: `name`, `candidates` (`SymbolSummary[]`), `candidateCount`.
 */
export const SEARCH_ERROR_CODES = [
  'SEARCH_QUERY_EMPTY',
  'SEARCH_NO_VECTORS',
  'SEARCH_MODEL_MISMATCH',
  'SYMBOL_NOT_FOUND',
  'SYMBOL_AMBIGUOUS',
] as const;
export type SearchErrorCode = (typeof SEARCH_ERROR_CODES)[number];

/** A question that cannot be answered as asked. */
export class SearchError extends CodeGraphError<SearchErrorCode> {
  override readonly name: string = 'SearchError';
}
