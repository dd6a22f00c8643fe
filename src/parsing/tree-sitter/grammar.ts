import { readFile } from 'node:fs/promises';
import type { Language as Grammar, Parser } from 'web-tree-sitter';
import { errorMessage } from '../../kernel/errors.ts';
import { ParsingError } from '../parsing-error.ts';
import { assertKnownCaptures } from './captures.ts';
import { SymbolQuery } from './symbol-query.ts';

/** A loaded grammar with its compiled query. */
export interface LoadedGrammar {
  /** Makes a parser for the grammar; its owner deletes it. */
  createParser(): Parser;
  readonly symbols: SymbolQuery;
  /** The query for what frameworks call, compiled when it is first asked for. */
  readonly frameworks?: (() => SymbolQuery) | undefined;
}

type TreeSitter = typeof import('web-tree-sitter');

interface QuerySource {
  readonly language: string;
  readonly rootKind: string;
  readonly source: string;
}

let library: Promise<TreeSitter> | null = null;

/** Loads the parser library on first use: most commands never parse. */
function loadLibrary(): Promise<TreeSitter> {
  library ??= (async () => {
    const treeSitter = await import('web-tree-sitter');
    await treeSitter.Parser.init();
    return treeSitter;
  })();
  return library;
}

/**
 * Loads a grammar and compiles its query.
 *
 * @param language - Language id, for messages.
 * @param grammarUrl - The `parser.wasm`.
 * @param queryUrls - The query files, joined in this order.
 * @param frameworksUrl - The query for what frameworks call, where the language has one.
 * @throws {@link ParsingError} `PARSING_GRAMMAR_INVALID` or `PARSING_QUERY_INVALID`.
 */
export async function loadGrammar(
  language: string,
  grammarUrl: URL,
  queryUrls: readonly URL[],
  frameworksUrl?: URL,
): Promise<LoadedGrammar> {
  const treeSitter = await loadLibrary();
  let grammar: Grammar;
  try {
    grammar = await treeSitter.Language.load(await readFile(grammarUrl));
  } catch (cause) {
    throw new ParsingError(`The grammar of language ${language} cannot be loaded: ${errorMessage(cause)}`, {
      code: 'PARSING_GRAMMAR_INVALID',
      hint: 'Install the package again: its parser files are damaged.',
      details: { language },
      cause,
    });
  }
  const sources = await Promise.all(queryUrls.map((url) => readFile(url, 'utf8')));
  const createParser = (): Parser => new treeSitter.Parser().setLanguage(grammar);
  const rootKind = rootKindOf(createParser());
  const symbols = compileQuery(treeSitter, grammar, { language, rootKind, source: sources.join('\n') });
  const frameworksSource = frameworksUrl === undefined ? undefined : await readFile(frameworksUrl, 'utf8');
  let compiled: SymbolQuery | undefined;
  const frameworks =
    frameworksSource === undefined
      ? undefined
      : (): SymbolQuery =>
          (compiled ??= compileQuery(treeSitter, grammar, { language, rootKind, source: frameworksSource }));
  return {
    symbols,
    frameworks,
    createParser,
  };
}

/** The kind of node that a file of the language is. */
function rootKindOf(parser: Parser): string {
  const tree = parser.parse('');
  const kind = tree?.rootNode.type ?? '';
  tree?.delete();
  parser.delete();
  return kind;
}

function compileQuery(
  { Query }: TreeSitter,
  grammar: Grammar,
  { language, rootKind, source }: QuerySource,
): SymbolQuery {
  let query: SymbolQuery;
  try {
    query = new SymbolQuery(source, grammar, rootKind, (part) => new Query(grammar, part));
  } catch (cause) {
    throw new ParsingError(`The query of language ${language} does not compile: ${errorMessage(cause)}`, {
      code: 'PARSING_QUERY_INVALID',
      hint: 'Correct the symbols.scm of the language to the node types of its grammar.',
      details: { language },
      cause,
    });
  }
  assertKnownCaptures(language, query.captureNames);
  return query;
}
