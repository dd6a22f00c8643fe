import { foldText } from '../kernel/text/fold-text.ts';
import { splitIdentifier } from '../kernel/text/split-identifier.ts';
import type { BodyWords } from './body-words.ts';
import { wordsIn } from './words-in.ts';
import { plainDocumentation } from './plain-documentation.ts';
import { BudgetedText, MAX_CHUNK_TOKENS } from './text-budget.ts';

/** Everything a chunk's text is made of, most telling first. */
export interface ChunkContent {
  /** Qualified names of the symbols it shows; empty outside symbols. */
  readonly symbols: readonly string[];
  /** Definition lines. */
  readonly signatures: readonly string[];
  readonly documentation: string;
  /** Names of what a class or package holds; empty for code. */
  readonly members: readonly ChunkMember[];
  readonly body: BodyWords;
  /** What the definition around it is for; written where there is no documentation. */
  readonly context?: string | undefined;
  /** What a file holds, for the chunk that stands for it: its definitions, and sentences about some of them. */
  readonly overview?: { readonly sentences: readonly string[]; readonly members: readonly ChunkMember[] } | undefined;
  /** Words of the body that are found by keywords but not embedded. */
  readonly unembedded?: ReadonlySet<string> | undefined;
}

export interface ChunkMember {
  readonly name: string;
  readonly signature: string;
}

/** More symbols than this in a head say less than the words they would displace. */
const MAX_HEAD_SYMBOLS = 4;
const MAX_PATH_TOKENS = 24;
const MAX_SYMBOL_TOKENS = 20;
const MAX_SYMBOL_CHARACTERS = 60;
/** Long ones are mostly types; the rest of them says less than words of the body (dense alone, 77 questions: NDCG@10 .847 with 50, .859 so). */
const MAX_SIGNATURE_TOKENS = 32;
const MAX_DOCUMENTATION_TOKENS = 60;
const MAX_COMMENT_TOKENS = 30;
/** A short method seldom says what its class is for (dense alone: .842 without, .847 with; hybrid .856 and .874). */
const MAX_CONTEXT_TOKENS = 20;

/** Writes the texts and words of one file's chunks. */
export class ChunkWriter {
  readonly #pathHead: string;
  readonly #pathWords: string;
  /** Words made of an identifier: the same few come back all over a file. */
  readonly #searchWords = new Map<string, string>();

  constructor(path: string) {
    const segments = path.split('/');
    this.#pathHead = pathTail(segments.map((segment) => splitIdentifier(segment).join(' ')));
    const fileName = foldText(segments.at(-1) ?? '');
    this.#pathWords = [...segments.flatMap((segment) => splitIdentifier(segment)), fileName].join(' ');
  }

  /** What is embedded. */
  writeText(content: ChunkContent): string {
    const text = new BudgetedText(MAX_CHUNK_TOKENS);
    text.addLine(this.#pathHead);
    for (const [at, symbol] of content.symbols.slice(0, MAX_HEAD_SYMBOLS).entries()) {
      const shown = shortSymbol(symbol);
      text.addWord(shown, at === 0 ? ' > ' : ', ');
      // The words of its own name, which the model does not always see in it (dense alone: .834 without, .842 with).
      const parts = splitIdentifier(shown.slice(shown.lastIndexOf('.') + 1));
      if (parts.length > 1) text.addWord(`(${parts.join(' ')})`, ' ');
    }
    for (const signature of content.signatures) {
      text.addLine(signature, content.signatures.length > 1 ? MAX_SYMBOL_TOKENS : MAX_SIGNATURE_TOKENS);
    }
    text.addLine(plainDocumentation(content.documentation), MAX_DOCUMENTATION_TOKENS);
    if (content.documentation === '') text.addLine(content.context ?? '', MAX_CONTEXT_TOKENS);
    addMembers(text, content.members);
    if (content.documentation === '') text.addLine(content.body.comments.join(' '), MAX_COMMENT_TOKENS * 2);
    else text.addLine(content.body.comments.join(' '), MAX_COMMENT_TOKENS);
    addOverview(text, content.overview);
    addDistinct(text, [content.body.identifiers, content.body.literals], content.unembedded);
    return text.text;
  }

  /** What the full-text index holds. */
  writeWords(content: ChunkContent): { name: string; path: string; body: string } {
    const { identifiers, comments, literals } = content.body;
    const body = [
      ...content.signatures,
      content.documentation,
      ...content.members.map((member) => member.signature || member.name),
      ...comments,
    ];
    return {
      name: this.#wordsOf(content.symbols),
      path: this.#pathWords,
      body: this.#wordsOf(body, identifiers, literals),
    };
  }

  /** Words of texts, and of lists of what are words already. */
  #wordsOf(texts: readonly string[], ...lists: readonly (readonly string[])[]): string {
    const words: string[] = [];
    const add = (word: string): void => {
      const made = this.#searchWordsOf(word);
      if (made !== '') words.push(made);
    };
    for (const text of texts) for (const word of wordsIn(text)) add(word);
    for (const list of lists) for (const word of list) add(word);
    return words.join(' ');
  }

  /** The word as written, if it is made of several, and its parts. */
  #searchWordsOf(word: string): string {
    let made = this.#searchWords.get(word);
    if (made === undefined) {
      const parts = splitIdentifier(word);
      made = (parts.length > 1 ? [foldText(word), ...parts] : parts).join(' ');
      this.#searchWords.set(word, made);
    }
    return made;
  }
}

/** The last folders and the file name, within their budget. */
function pathTail(segments: readonly string[]): string {
  const shown = new BudgetedText(MAX_PATH_TOKENS);
  let from = segments.length;
  while (from > 0 && shown.addWord(segments[from - 1] ?? '', ' ')) from--;
  return segments
    .slice(Math.min(from, segments.length - 1))
    .join(' ')
    .trim();
}

/** The last names of a qualified name, as many as fit. */
function shortSymbol(qualifiedName: string): string {
  const names = qualifiedName.split('.').slice(-MAX_HEAD_SYMBOLS);
  while (names.length > 1 && names.join('.').length > MAX_SYMBOL_CHARACTERS) names.shift();
  return names.join('.').slice(-MAX_SYMBOL_CHARACTERS);
}

/** Signatures where all fit; else the names alone, as many as fit. */
function addMembers(text: BudgetedText, members: readonly ChunkMember[]): void {
  if (members.length === 0) return;
  const limit = MAX_CHUNK_TOKENS * 2;
  let length = 0;
  for (const member of members) length += member.signature.length + 1;
  if (length <= limit) {
    for (const member of members) text.addLine(member.signature || member.name, MAX_SYMBOL_TOKENS);
    return;
  }
  let separator = '\n';
  for (const member of members) {
    if (text.isFull || !text.addWord(member.name, separator)) return;
    separator = ' ';
  }
}

function addOverview(text: BudgetedText, overview: ChunkContent['overview']): void {
  if (overview === undefined) return;
  for (const sentence of overview.sentences) text.addLine(sentence, MAX_COMMENT_TOKENS);
  addMembers(text, overview.members);
}

/** Words not yet in the text, in order of first use, until one does not fit. */
function addDistinct(
  text: BudgetedText,
  lists: readonly (readonly string[])[],
  unembedded: ReadonlySet<string> = new Set(),
): void {
  const seen = new Set<string>(wordsIn(text.text));
  for (const word of unembedded) seen.add(word);
  let separator = '\n';
  for (const words of lists) {
    for (const word of words) {
      if (seen.has(word)) continue;
      if (!text.addWord(word, separator)) return;
      seen.add(word);
      separator = ' ';
    }
  }
}
