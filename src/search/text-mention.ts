import type { CompactGraph } from '../graph/compact-graph.ts';
import { fileNodeId } from '../graph/symbol.ts';
import { readSnippet } from './read-snippet.ts';
import type { NodeSummary } from './symbol-summary.ts';

/** A place in the text. */
export interface TextMention {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** Files that import a symbol's file and are looked through. */
const MAX_IMPORTERS = 20;
const MAX_FILE_LINES = 100_000;
const MAX_FILE_LENGTH = 4_000_000;
/** Attributes before a definition: `@Get()`, `#[test]`, `[Fact]`. */
const DECORATOR = /^\s*(?:@[\w$]|#\[|\[[\w.]+(?:\(.*\))?\]\s*$)/u;

/** Looks into the text of files, each read once, for what the graph cannot know: names that are passed on as values. */
export class TextMentions {
  readonly #root: string;
  readonly #graph: CompactGraph;
  readonly #lines = new Map<string, Promise<readonly string[]>>();

  /** @param root - Folder of the repository. */
  constructor(root: string, graph: CompactGraph) {
    this.#root = root;
    this.#graph = graph;
  }

  /** Where the name of a symbol stands outside of its definition: in its file, or in one that imports it and can see it. */
  async find(node: number, symbol: NodeSummary): Promise<TextMention | null> {
    if (!('startLine' in symbol) || !/^[\p{L}\p{N}_$]+$/u.test(symbol.name)) return null;
    const word = new RegExp(
      String.raw`(?<![\p{L}\p{N}_$])${symbol.name.replaceAll('$', String.raw`\$`)}(?![\p{L}\p{N}_$])`,
      'u',
    );
    const isOfItsFile = this.#graph.nodes.exported[node] !== 1 && this.#graph.parentOf(node) === -1;
    for (const path of [symbol.path, ...(isOfItsFile ? [] : this.#importersOf(node))]) {
      for (const [index, text] of (await this.#linesOf(path)).entries()) {
        if (!text.includes(symbol.name)) continue;
        const isOwn = path === symbol.path && index + 1 >= symbol.startLine && index + 1 <= symbol.endLine;
        if (!isOwn && word.test(text)) return { path, line: index + 1 };
      }
    }
    return null;
  }

  /** Whether an attribute stands before the definition: what reads it may use the definition. */
  async isDecorated(symbol: NodeSummary): Promise<boolean> {
    if (!('startLine' in symbol)) return false;
    const lines = await this.#linesOf(symbol.path);
    return [symbol.startLine - 1, symbol.startLine].some((line) => DECORATOR.test(lines[line - 1] ?? ''));
  }

  #importersOf(node: number): string[] {
    const graph = this.#graph;
    const file = graph.numberOf(fileNodeId(graph.pathOf(node)));
    const isImport = graph.selector({ kinds: ['imports'] });
    const importers = new Set<string>();
    if (file === undefined) return [];
    graph.forEachIncoming(file, (edge) => {
      if (isImport(edge) && importers.size < MAX_IMPORTERS) importers.add(graph.pathOf(graph.edges.sources[edge] ?? 0));
    });
    return [...importers];
  }

  /** Lines of a file; none of one that cannot be read, which is a doubt less, not a failure. */
  #linesOf(path: string): Promise<readonly string[]> {
    let lines = this.#lines.get(path);
    if (lines === undefined) {
      const whole = { path, startLine: 1, endLine: MAX_FILE_LINES };
      lines = readSnippet(this.#root, whole, { maxLines: MAX_FILE_LINES, maxLength: MAX_FILE_LENGTH }).then(
        ({ text }) => text?.split('\n') ?? [],
      );
      this.#lines.set(path, lines);
    }
    return lines;
  }
}
