import type { Parser, Tree } from 'web-tree-sitter';
import { errorMessage } from '../../kernel/errors.ts';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { emptyParsedFile } from '../empty-parsed-file.ts';
import type { Language, ParsedFile } from '../language.ts';
import { isTooDeep, MAX_BRACKET_DEPTH } from './bracket-depth.ts';
import { buildParsedFile } from './build-parsed-file.ts';
import type { LoadedGrammar } from './grammar.ts';
import type { QueryMatch } from './symbol-query.ts';
import type { SyntaxRules } from './syntax-rules.ts';
import { SyntaxTree } from './syntax-tree.ts';

/** Options of {@link TreeSitterLanguage}. */
export interface TreeSitterLanguageOptions {
  /** Time one file may take before it is given up. @defaultValue 3500 */
  readonly timeLimitMs?: number | undefined;
  /** Longest text that is parsed, in UTF-16 units: the parser's memory grows to about 10 times that. @defaultValue 16 Mi */
  readonly maxLength?: number | undefined;
}

/**
 * Matches a query may have begun and not finished. Time grows with their number: a chain of 20,000 calls would take
 * minutes without the limit, and hand-written code stays below 300.
 */
const MATCH_LIMIT = 1_024;

/** Frameworks are named near the start of a file. */
const MARKER_LENGTH = 20_000;

/** A language parsed by a tree-sitter grammar, a query and a few rules. */
export class TreeSitterLanguage implements Language {
  readonly id: string;
  readonly #grammar: LoadedGrammar;
  readonly #rules: SyntaxRules;
  readonly #timeLimitMs: number;
  readonly #maxLength: number;
  #parser: Parser | null = null;

  constructor(id: string, grammar: LoadedGrammar, rules: SyntaxRules, options: TreeSitterLanguageOptions = {}) {
    this.id = id;
    this.#grammar = grammar;
    this.#rules = rules;
    this.#timeLimitMs = options.timeLimitMs ?? 3_500;
    this.#maxLength = options.maxLength ?? 16 * 1024 * 1024;
  }

  parse(path: string, text: string): ParsedFile {
    if (text.length > this.#maxLength) {
      return this.#failed(path, {
        severity: 'warning',
        code: 'PARSE_TOO_LARGE',
        message: `The file has ${text.length} characters, more than the ${this.#maxLength} that are parsed`,
      });
    }
    if (isTooDeep(text)) {
      return this.#failed(path, {
        severity: 'warning',
        code: 'PARSE_TOO_DEEP',
        message: `Brackets are nested or unbalanced more than ${MAX_BRACKET_DEPTH} deep`,
        hint: 'Exclude the file if it is generated.',
      });
    }
    let tree: Tree | null = null;
    try {
      const deadline = performance.now() + this.#timeLimitMs;
      // Asked every 100 steps of the parser; recovering from errors a step may take long, so each time counts.
      const isLate = (): boolean => performance.now() > deadline;
      this.#parser ??= this.#grammar.createParser();
      const source = this.#rules.prepareText?.(text) ?? text;
      tree = this.#parser.parse(source, null, { progressCallback: isLate });
      if (tree === null) {
        // Without this the next file would be parsed from where this one stopped.
        this.#parser.reset();
        return this.#failed(path, this.#timeoutDiagnostic());
      }
      const { symbols } = this.#grammar;
      const matches = symbols.matches(tree.rootNode, { progressCallback: isLate, matchLimit: MATCH_LIMIT });
      const hidden = this.#frameworkMatches(tree, source, isLate);
      if (performance.now() > deadline) return this.#failed(path, this.#timeoutDiagnostic());
      const readable = this.#rules.readsOriginalText === true ? text : source;
      const nodes = new SyntaxTree(tree.rootNode, readable);
      const file = buildParsedFile({
        path,
        language: this.id,
        text: readable,
        matches: hidden.length === 0 ? matches : [...hidden, ...matches],
        nodes,
        rules: this.#rules,
      });
      const diagnostics: Diagnostic[] = [];
      if (tree.rootNode.hasError) diagnostics.push(syntaxErrorDiagnostic(path, tree));
      if (symbols.didExceedMatchLimit()) diagnostics.push(incompleteDiagnostic(path));
      return { ...file, diagnostics };
    } catch (cause) {
      // The library aborts on memory exhaustion; one file must not end the run, so it becomes data.
      this.#parser = null;
      return this.#failed(path, {
        severity: 'warning',
        code: 'PARSE_FAILED',
        message: `The parser gave up: ${errorMessage(cause)}`,
      });
    } finally {
      tree?.delete();
    }
  }

  /** What frameworks call, of the few files that name one. */
  #frameworkMatches(tree: Tree, source: string, progressCallback: () => boolean): QueryMatch[] {
    const { frameworks } = this.#grammar;
    if (frameworks === undefined || this.#rules.frameworks?.marker.test(source.slice(0, MARKER_LENGTH)) !== true)
      return [];
    return frameworks().matches(tree.rootNode, { progressCallback, matchLimit: MATCH_LIMIT });
  }

  #failed(path: string, diagnostic: Diagnostic): ParsedFile {
    return emptyParsedFile(path, this.id, { ...diagnostic, path });
  }

  #timeoutDiagnostic(): Diagnostic {
    return {
      severity: 'warning',
      code: 'PARSE_TIMEOUT',
      message: `Parsing took more than ${this.#timeLimitMs} ms`,
      hint: 'Exclude the file if it is generated.',
    };
  }
}

/** Line of the first place the parser could not make sense of. */
function firstErrorLine(tree: Tree): number {
  // Not a query: one for errors does not come back from trees of 100,000 levels. Only nodes with an error below are
  // entered, so the way down is short however large the tree.
  const cursor = tree.walk();
  try {
    for (;;) {
      const { hasError, isError, isMissing, startPosition } = cursor.currentNode;
      if (isError || isMissing) return startPosition.row + 1;
      const isFound = hasError ? cursor.gotoFirstChild() : cursor.gotoNextSibling();
      if (!isFound) return startPosition.row + 1;
    }
  } finally {
    cursor.delete();
  }
}

function syntaxErrorDiagnostic(path: string, tree: Tree): Diagnostic {
  const line = firstErrorLine(tree);
  return {
    severity: 'info',
    code: 'PARSE_SYNTAX_ERROR',
    message: `The parser could not make sense of line ${line}; definitions around it were read`,
    path,
    line,
  };
}

function incompleteDiagnostic(path: string): Diagnostic {
  return {
    severity: 'info',
    code: 'PARSE_INCOMPLETE',
    message: `Code is nested or chained more than ${MATCH_LIMIT} levels deep; some of what it uses was not read`,
    path,
  };
}
