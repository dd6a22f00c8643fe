import { resolve } from 'node:path';
import { DEFAULT_MIN_CONFIDENCE } from '../graph/edge-groups.ts';
import type { IndexStore } from '../store/index-store.ts';
import { openIndexStore } from '../store/open-store.ts';
import { CallEdges } from './call-edges.ts';
import { findChanges, type ChangedLines, type Changes } from './changes.ts';
import { findImpact, type Impact, type ImpactOptions } from './impact.ts';
import { LoadedGraph } from './loaded-graph.ts';
import { makeOverview, type Overview, type OverviewOptions } from './overview.ts';
import { findRelations, type RelationOptions, type Relations } from './relations.ts';
import { findAllMeant, resolveSymbol, type ResolvedSymbol } from './symbol-lookup.ts';
import { findPath, type SymbolPath, type SymbolPathOptions } from './symbol-path.ts';
import { summarizeSymbol, type SymbolSummary } from './symbol-summary.ts';

const DEFAULT_SYMBOL_LIMIT = 50;

/** A definition with its documentation and how much it is used. */
export interface SymbolDetails extends SymbolSummary {
  readonly documentation: string;
  readonly exported: boolean;
  /** Number of places that call it, and of calls it makes, guesses left out; constructors count for their class. */
  readonly degree: { readonly incoming: number; readonly outgoing: number };
}

/** How {@link CodeKnowledgeGraph.open} opens the index of a repository. */
export interface OpenKnowledgeGraphOptions {
  /** Folder of the repository. */
  readonly root: string;
  /** There must be an index, and it is not changed. @defaultValue false: it is made where there is none */
  readonly readOnly?: boolean | undefined;
}

/** Answers questions about the definitions of a repository and who uses whom. */
export class CodeKnowledgeGraph implements AsyncDisposable {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly store: IndexStore;
  readonly #graph: LoadedGraph;
  readonly #ownsStore: boolean;

  /** Over a store that somebody else opened and will close. */
  constructor(options: {
    readonly root: string;
    readonly store: IndexStore;
    readonly ownsStore?: boolean | undefined;
  }) {
    this.root = options.root;
    this.store = options.store;
    this.#graph = new LoadedGraph(options.store);
    this.#ownsStore = options.ownsStore ?? false;
  }

  /**
   * Opens the index of a repository.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND` with `readOnly` where there is none; `STORE_DAMAGED`,
   * `STORE_VERSION_MISMATCH` and others for an index that cannot be used.
   */
  static async open(options: OpenKnowledgeGraphOptions): Promise<CodeKnowledgeGraph> {
    const root = resolve(options.root);
    const store = await openIndexStore(root, { access: options.readOnly === true ? 'read' : 'write' });
    return new CodeKnowledgeGraph({ root, store, ownsStore: true });
  }

  /** Closes the store, if this graph opened it. Idempotent. */
  async close(): Promise<void> {
    if (this.#ownsStore) await this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Lists every definition of a name, in order of path and line. Takes names as {@link resolveSymbol} does, but several
   * definitions are no error here.
   *
   * @throws {@link SearchError} `SYMBOL_NOT_FOUND`.
   */
  async symbols(name: string, options: { readonly limit?: number | undefined } = {}): Promise<SymbolDetails[]> {
    const { limit = DEFAULT_SYMBOL_LIMIT } = options;
    const found = await findAllMeant(this.store, name);
    const calls = new CallEdges(this.store, this.#graph, DEFAULT_MIN_CONFIDENCE);
    const details: SymbolDetails[] = [];
    for (const symbol of found.slice(0, limit)) {
      const [incoming, outgoing] = await Promise.all([
        calls.countCalls(symbol, 'incoming'),
        calls.countCalls(symbol, 'outgoing'),
      ]);
      const { documentation, exported } = symbol;
      details.push({ ...summarizeSymbol(symbol), documentation, exported, degree: { incoming, outgoing } });
    }
    return details;
  }

  /**
   * Finds the one symbol a person means.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  resolveSymbol(name: string): Promise<ResolvedSymbol> {
    return resolveSymbol(this.store, name);
  }

  /**
   * Finds what calls a symbol, and at greater depth what calls those. Creating an object calls its class.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  callers(name: string, options: RelationOptions = {}): Promise<Relations> {
    return findRelations(this.store, this.#graph, name, 'incoming', options);
  }

  /**
   * Finds what a symbol calls, and at greater depth what those call.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  callees(name: string, options: RelationOptions = {}): Promise<Relations> {
    return findRelations(this.store, this.#graph, name, 'outgoing', options);
  }

  /**
   * Finds everything that can break when a symbol or a file changes.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  impact(name: string, options: ImpactOptions = {}): Promise<Impact> {
    return findImpact(this.store, this.#graph, name, options);
  }

  /**
   * Finds the shortest chain of edges from one symbol or file to another.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  path(from: string, to: string, options: SymbolPathOptions = {}): Promise<SymbolPath> {
    return findPath(this.store, this.#graph, from, to, options);
  }

  /** Tells what the repository is made of, or the sections of it that are asked for. */
  overview(options: OverviewOptions = {}): Promise<Overview> {
    return makeOverview(this.root, this.store, this.#graph, options);
  }

  /** Finds the symbols on changed lines, and what may break by them. */
  changes(files: readonly ChangedLines[], options: ImpactOptions = {}): Promise<Changes> {
    return findChanges(this.store, this.#graph, files, options);
  }

  /** Loads the graph into memory now, so that the questions to come need not. */
  async load(): Promise<void> {
    await this.#graph.graph();
  }
}
