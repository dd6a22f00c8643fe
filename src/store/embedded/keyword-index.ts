import { createHash } from 'node:crypto';
import type { KeywordQuery, ScoredChunk } from '../index-store.ts';
import type { ChunkFilter } from './chunk-filter.ts';
import type { Connection } from './connection.ts';

const COLUMNS: readonly string[] = ['name', 'path', 'body'];

/** A chunk is found by what it is called rather than by what it mentions; weights of {@link COLUMNS}. */
const RANK_FUNCTION = 'bm25(4.0, 2.0, 1.0)';

/**
 * Terms in more than this share of the chunks are left out of the OR step: FTS5 scores every chunk that matches, so such
 * terms cost the time of the query and hardly tell chunks apart.
 */
const COMMON_TERM_SHARE = 0.05;
/**
 * A term in fewer chunks than this is never too common: scoring them takes a few milliseconds, and in a small
 * repository every useful word would be left out (NDCG@10 of keyword search over 776 chunks: .704 with the cut alone, .759
 * without it).
 */
const COMMON_TERM_CHUNKS = 5_000;

/** Of a longer query the rarest terms are used. */
const MAX_TERMS = 32;

interface Term {
  /** As FTS5 reads it: a quoted string, which has no syntax inside. */
  readonly quoted: string;
  /** Chunks it occurs in. */
  readonly frequency: number;
}

/** BM25 over the words of the chunks. Methods must run inside one read transaction. */
export class KeywordIndex {
  readonly #connection: Connection;
  #chunkCount = 0;
  #revision = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Best chunks that hold every known term; where these are fewer than `k`, also chunks that hold any of them.
   * One scale of scores for both: a chunk with more terms has the larger sum.
   */
  search(query: KeywordQuery, k: number, filter: ChunkFilter | undefined, revision: number): ScoredChunk[] {
    const terms = this.#knownTerms(query.terms);
    if (terms.length === 0 || k <= 0 || filter?.chunks.size === 0) return [];
    const best = new Map<number, number>();
    this.#collect(terms, ' AND ', k, filter, best);
    if (best.size < k && terms.length > 1) {
      const limit = Math.max(COMMON_TERM_CHUNKS, COMMON_TERM_SHARE * this.#count(revision));
      const rare = terms.filter((term) => term.frequency <= limit);
      this.#collect(rare.length > 0 ? rare : terms, ' OR ', k, filter, best);
    }
    return [...best]
      .map(([chunkId, score]) => ({ chunkId, score }))
      .sort((left, right) => right.score - left.score || left.chunkId - right.chunkId)
      .slice(0, k);
  }

  termFrequencies(terms: readonly string[], revision: number): Map<string, number> {
    const count = this.#count(revision);
    return new Map(terms.map((term) => [term, count === 0 ? 0 : this.#frequency(term, quote(term)) / count]));
  }

  /**
   * What the text index holds of each chunk, as one hash a chunk: of its words with column and place. The index keeps
   * words and not texts, so this reads all of it; sums of hashes need no order.
   */
  fingerprints(): Map<number, string> {
    const sums = new Map<number, [number, number]>();
    let lastTerm = '';
    let [low, high] = [0, 0];
    const instances = this.#connection.iterate<{ term: string; doc: number; col: string; offset: number }>(
      'SELECT term, doc, col, "offset" FROM keyword_instance',
    );
    for (const { term, doc, col, offset } of instances) {
      if (term !== lastTerm) [low, high] = hashTerm(term);
      lastTerm = term;
      // An odd factor loses nothing.
      const place = 2 * (offset * COLUMNS.length + COLUMNS.indexOf(col)) + 1;
      const sum = sums.get(doc) ?? [0, 0];
      sum[0] = (sum[0] + Math.imul(low, place)) >>> 0;
      sum[1] = (sum[1] + Math.imul(high, Math.imul(place, place))) >>> 0;
      sums.set(doc, sum);
    }
    return new Map([...sums].map(([chunkId, sum]) => [chunkId, sum.map(hex).join('')]));
  }

  #knownTerms(terms: readonly string[]): Term[] {
    return [...new Set(terms.map(quote))]
      .map((quoted) => ({ quoted, frequency: this.#frequency(quoted.slice(1, -1), quoted) }))
      .filter((term) => term.frequency > 0)
      .sort((left, right) => left.frequency - right.frequency)
      .slice(0, MAX_TERMS);
  }

  #frequency(term: string, quoted: string): number {
    const row = this.#connection.get<{ doc: number }>(
      'SELECT doc FROM keyword_term WHERE term = ?',
      term.toLowerCase(),
    );
    if (row !== undefined) return row.doc;
    // Not a token as it stands: it has accents, or FTS5 reads several tokens (a phrase) or none in it.
    return (
      this.#connection.get<{ count: number }>('SELECT count(*) AS count FROM keyword WHERE keyword MATCH ?', quoted)
        ?.count ?? 0
    );
  }

  /**
   * Puts the best `k` matches that the filter lets through into `best`, and those as good as the last of them. The
   * statement ranks without a join, and FTS5 sorts all matches before it gives the first: reading on until enough have
   * passed the filter costs nothing more, and no search has to be repeated with a larger limit.
   */
  #collect(
    terms: readonly Term[],
    operator: string,
    k: number,
    filter: ChunkFilter | undefined,
    best: Map<number, number>,
  ): void {
    const rows = this.#connection.iterate<{ rowid: number; rank: number }>(
      'SELECT rowid, rank FROM keyword WHERE keyword MATCH ? AND rank MATCH ? ORDER BY rank',
      terms.map((term) => term.quoted).join(operator),
      RANK_FUNCTION,
    );
    let found = 0;
    let worst = 0;
    for (const { rowid, rank } of rows) {
      if (found >= k && rank > worst) break;
      if (filter !== undefined && !filter.chunks.has(rowid)) continue;
      // FTS5 ranks are negative, the best first.
      best.set(rowid, Math.max(best.get(rowid) ?? 0, -rank));
      worst = rank;
      found++;
    }
  }

  #count(revision: number): number {
    if (revision !== this.#revision) {
      this.#chunkCount = this.#connection.get<{ count: number }>('SELECT count(*) AS count FROM chunk')?.count ?? 0;
      this.#revision = revision;
    }
    return this.#chunkCount;
  }
}

/** FTS5 ends a query at a NUL. */
function quote(term: string): string {
  return `"${term.replaceAll('\0', ' ').replaceAll('"', '""')}"`;
}

function hashTerm(term: string): [number, number] {
  const digest = createHash('sha256').update(term).digest();
  return [digest.readInt32LE(0), digest.readInt32LE(4)];
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
