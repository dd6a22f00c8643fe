import type { StoredChunk } from '../store/index-store.ts';
import { splitIdentifier } from '../kernel/text/split-identifier.ts';
import { pathRoles, type PathRole } from '../graph/path-role.ts';
import type { QueryAnalysis } from './query-analysis.ts';
import type { FusedChunk } from './rank-fusion.ts';
import type { RankingSignal } from './search-hit.ts';

/*
 * Rules that correct fused scores. Measured together, on 241 questions over 12 repositories in 8 languages: +.055 NDCG@10
 * [.036, .075] over fusion alone, of which the penalties give +.037. Weights were chosen together and not tuned one by
 * one; they are steps, not fine settings. Boosts add to a fused score of 0..1, penalties multiply the sum, a bonus is added
 * last.
 */

/** A query that is a name wants its definition first, whatever else mentions it: more than all boosts together. */
const DEFINITION_BONUS_SYMBOL_QUERY = 2;
/** A name inside a question is often the subject, but what is asked about it may be elsewhere. */
const DEFINITION_BONUS_IN_QUESTION = 0.5;
/** The same name in another case is a weaker sign: `Pool` and `pool`. */
const IGNORED_CASE_FACTOR = 0.7;
/** "how does the pool acquire a connection" and `Pool.acquire`: at most this, by the share of the words covered. */
const SYMBOL_WORDS_BOOST = 0.3;
/** "connection pool" and `db/connection-pool.ts`: at most this, by the share of the words covered. */
const PATH_WORDS_BOOST = 0.2;
/** Folder names say less than the file's own name. */
const FOLDER_WORD_FACTOR = 0.5;
/**
 * At most this for the best chunk of the file that has the most good chunks (NDCG@10 over 77 questions in two languages:
 * .842 without, .878 with; twice as much is no better for questions about behaviour).
 */
const FILE_COHERENCE_BOOST = 0.15;

/** Tests repeat the words of what they test, often more densely. */
const ROLE_PENALTIES: Readonly<Record<PathRole, number>> = {
  test: 0.4,
  vendored: 0.3,
  generated: 0.4,
  example: 0.5,
  // A declaration file still answers where the implementation is not in the repository.
  declaration: 0.7,
};
/**
 * A few lines outside any definition: imports, a re-export, a closing block. They say little besides their path, which
 * is most of the text that is embedded of them, and so come near every question about the file.
 */
const SHORT_CHUNK_PENALTY = 0.5;
const SHORT_CHUNK_LINES = 5;

/** A chunk on its way to becoming a hit. */
export interface Candidate {
  readonly chunk: StoredChunk;
  readonly fused: FusedChunk;
}

/** What rules know of the query and of the other candidates. */
export interface RankingContext {
  readonly analysis: QueryAnalysis;
  /** Every word of the question and each of its other forms, to the word it belongs to. */
  readonly wordOfForm: ReadonlyMap<string, string>;
  /** Chunk ids of the best candidate of each file, with the share (0..1) of good candidates its file holds. */
  readonly coherence: ReadonlyMap<number, number>;
}

/**
 * A boost or bonus adds what it returns (0 = does not apply), a penalty multiplies by it (1 = does not apply). Penalties
 * do not touch a bonus: what the query names is meant even where it is vendored.
 */
export interface RankingRule {
  readonly signal: string;
  readonly kind: 'boost' | 'penalty' | 'bonus';
  /** Depends on the words of the query, and is left out where only meaning is asked for. */
  readonly readsQuery: boolean;
  evaluate(candidate: Candidate, context: RankingContext): number;
}

/** Gathers what the rules need; coherence counts fused scores only, so that no rule feeds another. */
export function buildRankingContext(analysis: QueryAnalysis, candidates: readonly Candidate[]): RankingContext {
  const wordOfForm = new Map<string, string>();
  for (const { word, variants } of analysis.words) for (const form of variants) wordOfForm.set(form, word);
  for (const { word } of analysis.words) wordOfForm.set(word, word);
  return { analysis, wordOfForm, coherence: fileCoherence(candidates) };
}

/** Candidates that are looked at for coherence: with more of them, large files win by size. */
const COHERENCE_POOL_SIZE = 50;

function fileCoherence(candidates: readonly Candidate[]): Map<number, number> {
  const files = new Map<string, { best: FusedChunk; sum: number; count: number }>();
  const ordered = [...candidates].sort((left, right) => right.fused.score - left.fused.score);
  for (const { chunk, fused } of ordered.slice(0, COHERENCE_POOL_SIZE)) {
    const file = files.get(chunk.path);
    if (file === undefined) {
      files.set(chunk.path, { best: fused, sum: fused.score, count: 1 });
      continue;
    }
    file.sum += fused.score;
    file.count++;
    if (fused.score === file.best.score && fused.chunkId < file.best.chunkId) file.best = fused;
  }
  const several = [...files.values()].filter((file) => file.count > 1);
  const most = Math.max(0, ...several.map((file) => file.sum));
  return new Map(most > 0 ? several.map((file) => [file.best.chunkId, file.sum / most]) : []);
}

/** How well a symbol answers to a name: 1 written the same, less in another case, 0 not at all. */
function nameMatch(symbolName: string, name: string): number {
  if (symbolName === name || symbolName.endsWith(`.${name}`)) return 1;
  const lowerSymbol = symbolName.toLowerCase();
  const lowerName = name.toLowerCase();
  return lowerSymbol === lowerName || lowerSymbol.endsWith(`.${lowerName}`) ? IGNORED_CASE_FACTOR : 0;
}

/** The chunk shows the definition of a name in the query. */
export const definitionRule: RankingRule = {
  signal: 'definition',
  kind: 'bonus',
  readsQuery: true,
  evaluate({ chunk }, { analysis }) {
    if (chunk.symbol === null) return 0;
    let best = 0;
    for (const name of analysis.symbolNames) best = Math.max(best, nameMatch(chunk.symbol.qualifiedName, name));
    return best * (analysis.looksLikeSymbol ? DEFINITION_BONUS_SYMBOL_QUERY : DEFINITION_BONUS_IN_QUESTION);
  },
};

/** Share (0..1) of the question's words that are among the given ones, in any form. */
function coveredShare(parts: Iterable<string>, context: RankingContext): number {
  const covered = new Set<string>();
  for (const part of parts) {
    const word = context.wordOfForm.get(part);
    if (word !== undefined) covered.add(word);
  }
  return context.analysis.words.length === 0 ? 0 : covered.size / context.analysis.words.length;
}

/** Every word of the symbol's own name is a word of the question. */
export const symbolWordsRule: RankingRule = {
  signal: 'symbol-words',
  kind: 'boost',
  readsQuery: true,
  evaluate({ chunk }, context) {
    if (chunk.symbol === null) return 0;
    const ownWords = splitIdentifier(chunk.symbol.name);
    if (ownWords.length === 0 || !ownWords.every((word) => context.wordOfForm.has(word))) return 0;
    return SYMBOL_WORDS_BOOST * coveredShare(splitIdentifier(chunk.symbol.qualifiedName), context);
  },
};

/** Words of the question name the file or its folders. */
export const pathWordsRule: RankingRule = {
  signal: 'path-words',
  kind: 'boost',
  readsQuery: true,
  evaluate({ chunk }, context) {
    const slash = chunk.path.lastIndexOf('/');
    const stem = chunk.path.slice(slash + 1).replace(/\.[^.]*$/u, '');
    const inName = coveredShare(splitIdentifier(stem), context);
    const inPath = coveredShare(splitIdentifier(`${chunk.path.slice(0, slash + 1)}${stem}`), context);
    return PATH_WORDS_BOOST * (inName + FOLDER_WORD_FACTOR * (inPath - inName));
  },
};

/** Other parts of the same file answer too: it is about the subject, and its best part stands for it. */
export const fileCoherenceRule: RankingRule = {
  signal: 'file-coherence',
  kind: 'boost',
  readsQuery: false,
  evaluate: ({ chunk }, { coherence }) => FILE_COHERENCE_BOOST * (coherence.get(chunk.id) ?? 0),
};

function rolePenalty(role: PathRole): RankingRule {
  return {
    signal: `${role}-path`,
    kind: 'penalty',
    readsQuery: false,
    evaluate: ({ chunk }, { analysis }) =>
      !analysis.asksFor.has(role) && pathRoles(chunk.path).has(role) ? ROLE_PENALTIES[role] : 1,
  };
}

export const testPathRule: RankingRule = rolePenalty('test');
export const vendoredPathRule: RankingRule = rolePenalty('vendored');
export const generatedPathRule: RankingRule = rolePenalty('generated');
export const examplePathRule: RankingRule = rolePenalty('example');
export const declarationPathRule: RankingRule = rolePenalty('declaration');

/** Code outside definitions that is too short to say anything. */
export const shortChunkRule: RankingRule = {
  signal: 'short-chunk',
  kind: 'penalty',
  readsQuery: false,
  evaluate: ({ chunk }) =>
    chunk.symbol === null && chunk.endLine - chunk.startLine + 1 <= SHORT_CHUNK_LINES ? SHORT_CHUNK_PENALTY : 1,
};

export const RANKING_RULES: readonly RankingRule[] = Object.freeze([
  definitionRule,
  symbolWordsRule,
  pathWordsRule,
  fileCoherenceRule,
  testPathRule,
  vendoredPathRule,
  generatedPathRule,
  examplePathRule,
  declarationPathRule,
  shortChunkRule,
]);

/** Applies rules to one candidate: `(fusion + boosts) x penalties + bonus`, with every signal that took part. */
export function scoreCandidate(
  candidate: Candidate,
  context: RankingContext,
  rules: readonly RankingRule[] = RANKING_RULES,
): { readonly score: number; readonly signals: RankingSignal[] } {
  const { semantic, keyword, score: fusion } = candidate.fused;
  const signals: RankingSignal[] = [];
  if (semantic !== null) signals.push({ signal: 'semantic', ...semantic });
  if (keyword !== null) signals.push({ signal: 'keyword', ...keyword });
  signals.push({ signal: 'fusion', value: fusion });
  let sum = fusion;
  let factor = 1;
  let bonus = 0;
  for (const rule of rules) {
    const value = rule.evaluate(candidate, context);
    if (value === (rule.kind === 'penalty' ? 1 : 0)) continue;
    if (rule.kind === 'boost') sum += value;
    else if (rule.kind === 'bonus') bonus += value;
    else factor *= value;
    signals.push({ signal: rule.signal, value });
  }
  return { score: sum * factor + bonus, signals };
}
