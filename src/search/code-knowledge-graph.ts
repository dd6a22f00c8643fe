import { resolve } from 'node:path';
import type { AbortableOptions } from '../kernel/abort.ts';
import type { EdgeKind, EdgeSite, ResolutionTier, UnresolvedReason } from '../graph/edge.ts';
import type { NodeId, SymbolNode } from '../graph/symbol.ts';
import { traverse, type EdgeReader, type Traversal, type TraversalDirection } from '../graph/traversal.ts';
import type { IndexStore } from '../store/index-store.ts';
import { openIndexStore } from '../store/open-store.ts';
import { findAllMeant, resolveSymbol, type ResolvedSymbol } from './symbol-lookup.ts';
import { summarizeNodeId, summarizeSymbol, type NodeSummary, type SymbolSummary } from './symbol-summary.ts';

/** Edges that run the code of their target: creating an object runs its constructor, executing runs a procedure. */
export const CALL_KINDS: readonly EdgeKind[] = Object.freeze(['calls', 'instantiates', 'executes'] as const);
/** Hides edges of tier `unique-name` (0.3): they are guesses. */
export const DEFAULT_MIN_CONFIDENCE = 0.5;
const DEFAULT_SYMBOL_LIMIT = 50;

/** A definition with its documentation and how much it is used. */
export interface SymbolDetails extends SymbolSummary {
  readonly documentation: string;
  readonly exported: boolean;
  /** Number of places that call it, and of calls it makes, guesses left out; constructors count for their class. */
  readonly degree: { readonly incoming: number; readonly outgoing: number };
}

/** An edge as answers show it. */
export interface RelationEdge {
  readonly kind: EdgeKind;
  readonly source: NodeSummary;
  readonly target: NodeSummary;
  /** 1 touches the symbol that was asked for. */
  readonly depth: number;
  readonly tier: ResolutionTier;
  readonly confidence: number;
  readonly site: EdgeSite;
}

/** How much of the answer is known. "None" may be said only where `unresolved` is 0. */
export interface Completeness {
  /** Edges in the answer. */
  readonly resolved: number;
  /** References that may belong into the answer and made no edge, or one that was hidden for its confidence. */
  readonly unresolved: number;
  /** `unresolved` by reason; `low-confidence` counts hidden edges. */
  readonly reasons: Readonly<Partial<Record<UnresolvedReason | 'low-confidence', number>>>;
}

export interface Relations {
  readonly symbol: SymbolSummary;
  /** In order of depth, then of the node they lead to. */
  readonly edges: readonly RelationEdge[];
  readonly completeness: Completeness;
  /** True when `maxEdges` cut the answer. */
  readonly truncated: boolean;
}

export interface RelationOptions extends AbortableOptions {
  /** Longest distance, in calls. @defaultValue 1 */
  readonly depth?: number | undefined;
  /** @defaultValue {@link DEFAULT_MIN_CONFIDENCE} */
  readonly minConfidence?: number | undefined;
  /** @defaultValue `DEFAULT_MAX_TRAVERSED_EDGES` of graph/traversal.ts */
  readonly maxEdges?: number | undefined;
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
  readonly #ownsStore: boolean;

  /** Over a store that somebody else opened and will close. */
  constructor(options: {
    readonly root: string;
    readonly store: IndexStore;
    readonly ownsStore?: boolean | undefined;
  }) {
    this.root = options.root;
    this.store = options.store;
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
    const details: SymbolDetails[] = [];
    for (const symbol of found.slice(0, limit)) {
      const [incoming, outgoing] = await Promise.all([
        this.#countCalls(symbol, 'incoming'),
        this.#countCalls(symbol, 'outgoing'),
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
    return this.#relations(name, 'incoming', options);
  }

  /**
   * Finds what a symbol calls, and at greater depth what those call.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  callees(name: string, options: RelationOptions = {}): Promise<Relations> {
    return this.#relations(name, 'outgoing', options);
  }

  async #relations(name: string, direction: TraversalDirection, options: RelationOptions): Promise<Relations> {
    const { depth = 1, minConfidence = DEFAULT_MIN_CONFIDENCE, maxEdges, signal } = options;
    if (!Number.isSafeInteger(depth) || depth < 1) {
      throw new RangeError(`depth is ${depth}: it must be a whole number from 1 up`);
    }
    const { symbol, overloads } = await this.resolveSymbol(name);
    const starts = [symbol, ...overloads].map(({ id }) => id);
    const traversal = await traverse(starts, this.#readCalls, {
      direction,
      kinds: CALL_KINDS,
      depth,
      minConfidence,
      maxEdges,
      signal,
    });
    const expanded = [...traversal.depths].filter(([, distance]) => distance < depth).map(([id]) => id);
    return {
      symbol: summarizeSymbol(symbol),
      edges: await this.#describeEdges(traversal),
      completeness: await this.#completeness(traversal, expanded, direction),
      truncated: traversal.truncated,
    };
  }

  /** Reads edges of the nodes given and of the constructors and classes that stand for them. */
  readonly #readCalls: EdgeReader = async (ids, options) => {
    const constructors = await this.#constructorsOf(ids);
    const classes = options.direction === 'incoming' ? await this.#classesOf(ids) : [];
    const all = [...new Set([...ids, ...constructors.map(({ id }) => id), ...classes.map(({ id }) => id)])];
    return this.store.edges(all, options);
  };

  /** Constructors defined in any of the nodes. */
  async #constructorsOf(ids: readonly NodeId[]): Promise<SymbolNode[]> {
    const members = await this.store.edges(ids, { direction: 'outgoing', kinds: ['contains'] });
    const symbols = await this.store.getSymbols(members.map((edge) => edge.target));
    return symbols.filter(({ kind }) => kind === 'constructor');
  }

  /** Classes of those of the nodes that are constructors: whoever creates an object names the class. */
  async #classesOf(ids: readonly NodeId[]): Promise<SymbolNode[]> {
    const symbols = await this.store.getSymbols(ids);
    const parents = symbols.flatMap(({ kind, parentId }) =>
      kind === 'constructor' && parentId !== null ? [parentId] : [],
    );
    return this.store.getSymbols([...new Set(parents)]);
  }

  async #countCalls(symbol: SymbolNode, direction: TraversalDirection): Promise<number> {
    const edges = await this.#readCalls([symbol.id], { direction, kinds: CALL_KINDS });
    return edges.filter((edge) => edge.confidence >= DEFAULT_MIN_CONFIDENCE).length;
  }

  async #describeEdges(traversal: Traversal): Promise<RelationEdge[]> {
    const ids = new Set(traversal.edges.flatMap(({ edge }) => [edge.source, edge.target]));
    const symbols = new Map(
      (await this.store.getSymbols([...ids])).map((symbol) => [symbol.id, summarizeSymbol(symbol)]),
    );
    const describe = (id: NodeId): NodeSummary => symbols.get(id) ?? summarizeNodeId(id);
    return traversal.edges.map(({ edge, depth }) => {
      const { kind, source, target, tier, confidence, site } = edge;
      return { kind, source: describe(source), target: describe(target), depth, tier, confidence, site };
    });
  }

  async #completeness(
    traversal: Traversal,
    expanded: readonly NodeId[],
    direction: TraversalDirection,
  ): Promise<Completeness> {
    const references =
      direction === 'incoming'
        ? await this.store.unresolved({ names: await this.#namesOf(expanded) })
        : await this.store.unresolved({
            sources: [...expanded, ...(await this.#constructorsOf(expanded)).map(({ id }) => id)],
          });
    const reasons: Partial<Record<UnresolvedReason | 'low-confidence', number>> = {};
    let unresolved = traversal.hiddenEdges.length;
    if (unresolved > 0) reasons['low-confidence'] = unresolved;
    for (const { kind, reason } of references) {
      if (!CALL_KINDS.includes(kind)) continue;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      unresolved++;
    }
    return { resolved: traversal.edges.length, unresolved, reasons };
  }

  /** Names by which the nodes may be called: a constructor by that of its class, SQL names in any of the usual cases. */
  async #namesOf(ids: readonly NodeId[]): Promise<string[]> {
    const symbols = [...(await this.store.getSymbols(ids)), ...(await this.#classesOf(ids))];
    const names = new Set<string>();
    for (const { kind, name, language } of symbols) {
      if (kind === 'constructor') continue;
      names.add(name);
      if (language === 'sql') names.add(name.toLowerCase()).add(name.toUpperCase());
    }
    return [...names];
  }
}
