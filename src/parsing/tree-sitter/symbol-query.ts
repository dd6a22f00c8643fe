import type { Language as Grammar, Node, Query, QueryOptions } from 'web-tree-sitter';

/** One match of a query. Patterns are numbered from the top of the file. */
export interface QueryMatch {
  readonly patternIndex: number;
  readonly captures: readonly { readonly name: string; readonly node: Node }[];
}

/** The kinds of node that a capture of a pattern may be. */
interface KindFilter {
  readonly capture: string;
  readonly kinds: ReadonlySet<number>;
}

/** A part of a query as the parser library holds it. */
interface CompiledPart {
  readonly query: Query;
  /** By pattern. */
  readonly filters: readonly (KindFilter | undefined)[];
}

/** The operator that says which kinds of node a capture may be, as Neovim's queries spell it. */
const KIND_OPERATOR = 'kind-eq?';

/**
 * A compiled query, which may say `(#kind-eq? @capture "kind" …)`: the capture is of one of these kinds. The alternation
 * `[(call) (await) …]` means the same and costs more: the library keeps a state for each of its branches at every node
 * the pattern begins at, and one for `(_)`.
 *
 * Patterns that begin at the root of the tree make a query of their own, which begins nowhere else: each of them would
 * be held against every node of the file.
 */
export class SymbolQuery {
  readonly captureNames: readonly string[];
  readonly #main: CompiledPart;
  readonly #rooted: CompiledPart | undefined;
  /** Numbers of the patterns of `#rooted` in the whole query. */
  readonly #rootedPatterns: readonly number[];

  /**
   * @param source - The whole query.
   * @param rootKind - The kind of node that a file is.
   * @param compile - Compiles a query, or a part of it.
   * @throws RangeError where a predicate is unknown, or names a kind of node that is not there.
   */
  constructor(source: string, grammar: Grammar, rootKind: string, compile: (source: string) => Query) {
    const query = compile(source);
    this.captureNames = query.captureNames;
    this.#main = { query, filters: kindFiltersOf(query, grammar) };
    const bytes = Buffer.from(source);
    const startsAtRoot = new RegExp(`^[\\s(]*\\(${rootKind}\\b`, 'u');
    const rooted = query.predicates
      .map((_, pattern) => ({
        pattern,
        text: bytes.toString('utf8', query.startIndexForPattern(pattern), query.endIndexForPattern(pattern)),
      }))
      .filter(({ text }) => startsAtRoot.test(text));
    this.#rootedPatterns = rooted.map(({ pattern }) => pattern);
    if (rooted.length === 0) return;
    for (const { pattern } of rooted) query.disablePattern(pattern);
    const rootQuery = compile(rooted.map(({ text }) => text).join('\n'));
    this.#rooted = { query: rootQuery, filters: kindFiltersOf(rootQuery, grammar) };
  }

  /** The matches in a tree: those that begin at its root, then the others. */
  matches(root: Node, options: QueryOptions): QueryMatch[] {
    const matches = matchesOf(this.#main, root, options);
    if (this.#rooted === undefined) return matches;
    const atRoot = matchesOf(this.#rooted, root, { ...options, maxStartDepth: 0 });
    const numbered = atRoot.map(({ patternIndex, captures }) => ({
      patternIndex: this.#rootedPatterns[patternIndex] ?? patternIndex,
      captures,
    }));
    return [...numbered, ...matches];
  }

  /** Whether the last call of {@link matches} left some out. */
  didExceedMatchLimit(): boolean {
    return this.#main.query.didExceedMatchLimit() || this.#rooted?.query.didExceedMatchLimit() === true;
  }
}

function matchesOf({ query, filters }: CompiledPart, root: Node, options: QueryOptions): QueryMatch[] {
  return query.matches(root, options).filter(({ patternIndex, captures }) => {
    const filter = filters[patternIndex];
    if (filter === undefined) return true;
    return captures.every(({ name, node }) => name !== filter.capture || filter.kinds.has(node.typeId));
  });
}

function kindFiltersOf(query: Query, grammar: Grammar): (KindFilter | undefined)[] {
  return query.predicates.map(([predicate, second]) => {
    if (predicate === undefined) return undefined;
    const [capture, ...kinds] = predicate.operands;
    const unknown = second ?? (predicate.operator === KIND_OPERATOR ? undefined : predicate);
    if (unknown !== undefined) throw new RangeError(`#${unknown.operator} is not one #${KIND_OPERATOR} of a pattern`);
    if (capture?.type !== 'capture') throw new RangeError(`#${KIND_OPERATOR} names no capture`);
    const ids = kinds.map((operand) => {
      const kind = operand.type === 'string' ? operand.value : operand.name;
      const id = grammar.idForNodeType(kind, true);
      if (id === null) throw new RangeError(`#${KIND_OPERATOR} names "${kind}", which is no kind of node`);
      return id;
    });
    return { capture: capture.name, kinds: new Set(ids) };
  });
}
