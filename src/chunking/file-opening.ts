import type { ChunkDefinition, ChunkImport } from './chunk-source.ts';
import { isCallable, isContainer } from './chunk-source.ts';
import { firstSentence, plainDocumentation } from './plain-documentation.ts';

/** Words that only say that something is imported. */
const IMPORT_KEYWORDS: readonly string[] = ['import', 'require', 'include', 'use', 'using'];
const WORD = /[\p{L}\p{N}_]+/gu;

/** A notice starts so, within the first lines of a file; a mention further down may be part of its documentation. */
const LICENCE_START = /copyright|\(c\)\s|\u00a9|spdx|^licen[cs]ed?\b/iu;
const MAX_LINES_BEFORE_LICENCE = 2;
const LICENCE_LINE =
  /copyright|licen[cs]e|spdx|warrant(?:y|ies)|redistribut|permission|governing|all rights reserved/iu;

const DOCSTRING_START = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[rRuU]?("""|''')/u;

/** Definitions whose documentation is quoted. */
const MAX_SENTENCES = 4;

/** Every word of the import statements of a file: they name what other files define. */
export function wordsOfImports(imports: readonly ChunkImport[]): ReadonlySet<string> {
  if (imports.length === 0) return new Set();
  const words = new Set(IMPORT_KEYWORDS);
  for (const { specifier, names } of imports) {
    for (const written of [specifier, ...names.flatMap(({ name, alias }) => [name, alias])]) {
      for (const [word] of written.matchAll(WORD)) words.add(word);
    }
  }
  return words;
}

/** The opening comments of a file, a line each, without the notice of copyright and licence. */
export function withoutLicence(comments: readonly string[]): readonly string[] {
  const start = comments.findIndex((line) => LICENCE_START.test(line));
  if (start < 0 || start > MAX_LINES_BEFORE_LICENCE) return comments;
  const end = comments.findLastIndex((line) => LICENCE_LINE.test(line)) + 1;
  return [...comments.slice(0, start), ...comments.slice(end)];
}

/** The docstring a Python file opens with, or nothing. */
export function moduleDocstring(language: string, opening: string): string {
  if (language !== 'python') return '';
  const start = DOCSTRING_START.exec(opening);
  const quotes = start?.[1];
  if (start === null || quotes === undefined) return '';
  const from = start[0].length;
  const to = opening.indexOf(quotes, from);
  return opening.slice(from, to < 0 ? undefined : to).trim();
}

/** Definitions in the order in which they tell what a file is for: what holds or runs code before constants and aliases. */
export function inOrderOfWeight(definitions: readonly ChunkDefinition[]): ChunkDefinition[] {
  return [...definitions.filter(isWeighty), ...definitions.filter((definition) => !isWeighty(definition))];
}

function isWeighty({ kind }: ChunkDefinition): boolean {
  return isCallable(kind) || isContainer(kind);
}

/** What the first documented definitions say of themselves, a sentence each: `Pool: Keeps connections open.` */
export function openingSentences(definitions: readonly ChunkDefinition[]): string[] {
  const sentences: string[] = [];
  for (const { name, documentation } of definitions) {
    if (sentences.length === MAX_SENTENCES) break;
    const sentence = firstSentence(plainDocumentation(documentation));
    if (sentence !== '') sentences.push(`${name}: ${sentence}`);
  }
  return sentences;
}
