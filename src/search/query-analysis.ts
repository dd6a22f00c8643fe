import { foldText } from '../kernel/text/fold-text.ts';
import { splitIdentifier } from '../kernel/text/split-identifier.ts';
import type { PathRole } from '../graph/path-role.ts';
import { rolesAskedFor } from './asked-roles.ts';
import { SearchError } from './search-error.ts';
import { spellingVariants } from './spelling-variants.ts';
import { STOP_WORDS } from './stop-words.ts';

/** Longest part of a query that is looked at, in UTF-16 units: beyond it, words no longer tell hits apart. */
export const MAX_QUERY_LENGTH = 4096;
/** Most words of a query that are looked for; each costs a read of the text index. */
export const MAX_QUERY_WORDS = 64;
/** Most names of a query that are looked up as symbols. */
export const MAX_SYMBOL_NAMES = 8;

/** A word of the question and its other English forms. */
export interface QueryWord {
  readonly word: string;
  readonly variants: readonly string[];
}

/** What can be said of a question without looking at an index. */
export interface QueryAnalysis {
  /** The question as asked, trimmed, cut at {@link MAX_QUERY_LENGTH}. This is what is encoded. */
  readonly text: string;
  /** Distinct words for keyword search in the order asked: folded, names split into parts, stop words dropped. */
  readonly words: readonly QueryWord[];
  /** Whole names of several parts, folded: `getuserbyid`. */
  readonly wholeNames: readonly string[];
  /** Names as written that may be symbols: `Pool.acquire`, `getUserById`, anything quoted, a query of one word. */
  readonly symbolNames: readonly string[];
  /** The whole query is one name: it asks for a definition, not for a meaning. */
  readonly looksLikeSymbol: boolean;
  /** Kinds of files the question asks for, which are then not ranked down. */
  readonly asksFor: ReadonlySet<PathRole>;
}

const QUOTED = /[`"“”'‘’]([^`"“”'‘’\s]{1,200})[`"“”'‘’]/gu;
/** One name, or names joined by `.`, `::`, `#` or `->`. Each step consumes a letter, so it is linear. */
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::|#|->)[\p{L}_$~][\p{L}\p{N}_$]*)*$/u;
const JOINED = /\.|::|#|->/u;
const INNER_CAPITAL = /\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}/u;
const INNER_UNDERSCORE = /[^_]_[^_]/u;
const CALL_END = /\([^()]*\)$/u;
const LEADING_PUNCTUATION = /^[^\p{L}\p{N}_$]+/u;
const TRAILING_PUNCTUATION = /[^\p{L}\p{N}_$]+$/u;

interface NameToken {
  readonly name: string;
  /** True where the writing (quotes, call brackets, inner capital, dot) says that it is a name. */
  readonly marked: boolean;
}

/** Reads a token as a name, or gives null for a plain word or anything else. */
function readName(token: string): NameToken | null {
  const bare = token.replace(LEADING_PUNCTUATION, '').replace(/[?!.,;:'"`”’]+$/u, '');
  const called = CALL_END.test(bare);
  const name = (called ? bare.replace(CALL_END, '') : bare).replace(TRAILING_PUNCTUATION, '');
  if (!NAME.test(name)) return null;
  return { name, marked: called || JOINED.test(name) || INNER_CAPITAL.test(name) || INNER_UNDERSCORE.test(name) };
}

/** Writes joints of any language as the dot that qualified names use: `Pool::acquire` becomes `Pool.acquire`. */
export function normalizeSymbolName(name: string): string {
  return name.replaceAll('::', '.').replaceAll('->', '.').replaceAll('#', '.');
}

/**
 * Takes a question apart: its words, the symbols it names, what it asks for.
 *
 * @throws {@link SearchError} `SEARCH_QUERY_EMPTY` when there is no text.
 */
export function analyzeQuery(query: string): QueryAnalysis {
  const text = query.slice(0, MAX_QUERY_LENGTH).toWellFormed().trim();
  if (text === '') {
    throw new SearchError('the query is empty', { code: 'SEARCH_QUERY_EMPTY', hint: 'Ask with at least one word.' });
  }
  const quoted = new Set<string>();
  for (const [, name] of text.matchAll(QUOTED)) if (name !== undefined && NAME.test(name)) quoted.add(name);

  const tokens = text.split(/\s+/u);
  const symbolNames = new Set<string>();
  const wholeNames = new Set<string>();
  const words = new Map<string, QueryWord>();
  const allWords: string[] = [];
  let lookLikeNames = 0;
  for (const token of tokens) {
    const read = readName(token);
    const isName = read !== null && (read.marked || quoted.has(read.name));
    if (read !== null && (isName || tokens.length === 1)) symbolNames.add(normalizeSymbolName(read.name));
    if (isName) lookLikeNames++;
    const parts = splitIdentifier(token);
    if (isName && parts.length > 1) {
      for (const segment of normalizeSymbolName(read.name).split('.')) {
        if (splitIdentifier(segment).length > 1) wholeNames.add(foldText(segment));
      }
    }
    for (const part of parts) {
      allWords.push(part);
      if (words.size >= MAX_QUERY_WORDS || (!isName && isNoise(part))) continue;
      words.set(part, { word: part, variants: isName ? [] : spellingVariants(part) });
    }
  }
  if (words.size === 0) {
    for (const word of allWords.slice(0, MAX_QUERY_WORDS)) words.set(word, { word, variants: [] });
  }
  return {
    text,
    words: [...words.values()],
    wholeNames: [...wholeNames],
    symbolNames: [...symbolNames].slice(0, MAX_SYMBOL_NAMES),
    looksLikeSymbol: tokens.length === 1 && lookLikeNames === 1,
    asksFor: rolesAskedFor(allWords, foldText(text)),
  };
}

/** Stop words and single Latin letters, such as the `s` of `user's`. */
function isNoise(word: string): boolean {
  return STOP_WORDS.has(word) || /^[a-z]$/u.test(word);
}

/** The part of a question that the words of an index can answer. */
export interface KnownTerms {
  /** Whole names, words, and their commonest other forms, as far as they occur in the index; in the order asked. */
  readonly terms: readonly string[];
  /**
   * Share of the question's words that the index knows in some form, 0..1. It tells the language of the question apart
   * from that of the code: means of .96 for English questions, .27 Portuguese, .24 Chinese and .21 Spanish were measured
   * over code written in English.
   */
  readonly knownShare: number;
}

/** Every form of the question's words that is worth asking the index about. */
export function candidateTerms(analysis: QueryAnalysis): string[] {
  const terms = new Set(analysis.wholeNames);
  for (const { word, variants } of analysis.words) for (const form of [word, ...variants]) terms.add(form);
  return [...terms];
}

/**
 * Chooses what to look for: each word as it was asked, and the commonest of its other forms where that is commoner still.
 * Not every known form: a rare one would weigh more than the word itself, since BM25 prizes rarity (36 questions about
 * 776 chunks: NDCG@10 of keyword search .736 with every form, .759 so).
 *
 * @param frequencies - Share of chunks each of {@link candidateTerms} occurs in.
 */
export function knownTerms(analysis: QueryAnalysis, frequencies: ReadonlyMap<string, number>): KnownTerms {
  const frequencyOf = (term: string): number => frequencies.get(term) ?? 0;
  const terms = new Set(analysis.wholeNames.filter((name) => frequencyOf(name) > 0));
  let known = 0;
  for (const { word, variants } of analysis.words) {
    let commonest = word;
    for (const variant of variants) if (frequencyOf(variant) > frequencyOf(commonest)) commonest = variant;
    if (frequencyOf(commonest) === 0) continue;
    known++;
    if (frequencyOf(word) > 0) terms.add(word);
    terms.add(commonest);
  }
  return { terms: [...terms], knownShare: analysis.words.length === 0 ? 0 : known / analysis.words.length };
}
