import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { ModelRecord } from '../store/model-record.ts';
import type { KeywordSearchResult } from './keyword-search.ts';
import { indexCommand } from './model-mismatch.ts';
import { MAX_QUERY_LENGTH, type QueryAnalysis } from './query-analysis.ts';
import { SearchError } from './search-error.ts';

/** Below this share of known words, keywords alone are likely to mislead: the question is in another language. */
const FEW_KNOWN_WORDS = 0.4;

/** Where a model is named and nothing is embedded, a run is under way or was stopped. */
function noVectors(chunks: number, record: ModelRecord | null): string {
  return record === null
    ? `none of the ${chunks} chunks of this index has a vector`
    : `none of the ${chunks} chunks of this index has a vector of ${record.id} yet`;
}

/** Hybrid search answers by words: there are no vectors to compare with. */
export function keywordsOnly(chunks: number, record: ModelRecord | null): Diagnostic {
  const command = indexCommand(record?.requested ?? null, record?.precision ?? 'auto');
  return {
    severity: 'warning',
    code: 'SEARCH_KEYWORDS_ONLY',
    message: `${noVectors(chunks, record)}, so only words were compared`,
    hint:
      record === null
        ? `Run \`${command}\` without \`--no-embed\` to search by meaning too.`
        : `Let \`${command}\` finish to search by meaning too: it goes on where it was stopped.`,
  };
}

/** Part of the chunks can be found by words alone. */
export function vectorsIncomplete(embedded: number, chunks: number, record: ModelRecord): Diagnostic {
  return {
    severity: 'warning',
    code: 'SEARCH_VECTORS_INCOMPLETE',
    message: `${chunks - embedded} of the ${chunks} chunks of this index have no vector of ${record.id} yet and were found by words only`,
    hint: `Let \`${indexCommand(record.requested, record.precision)}\` finish: it goes on where it was stopped.`,
  };
}

/** The question may be in another language than the words of the index; null where most words are known. */
export function fewKnownWords({ knownShare }: KeywordSearchResult, { words }: QueryAnalysis): Diagnostic | null {
  if (knownShare >= FEW_KNOWN_WORDS) return null;
  return {
    severity: 'info',
    code: 'SEARCH_FEW_KNOWN_WORDS',
    message: `the index knows ${Math.round(knownShare * words.length)} of the ${words.length} words of this query`,
    hint: 'Search by meaning, or ask in the language the code is written in.',
  };
}

/** The query was longer than is read of one. */
export function queryCut(query: string): Diagnostic {
  return {
    severity: 'info',
    code: 'SEARCH_QUERY_CUT',
    message: `only the first ${MAX_QUERY_LENGTH} of the ${query.length} characters of the query were used`,
    hint: 'Ask with fewer words.',
  };
}

/** Search by meaning alone has nothing to compare with. */
export function noVectorsError(chunks: number, record: ModelRecord | null): SearchError {
  return new SearchError(noVectors(chunks, record), {
    code: 'SEARCH_NO_VECTORS',
    hint: `Run \`${indexCommand(record?.requested ?? null, record?.precision ?? 'auto')}\` without \`--no-embed\` and let it finish, or search with \`--mode keyword\`.`,
    details: { chunks },
  });
}
