import type { CompactGraph } from './compact-graph.ts';
import { DEFAULT_MIN_CONFIDENCE, USE_KINDS } from './edge-groups.ts';
import { entryPoints } from './entry-points.ts';
import type { NodeKind } from './symbol.ts';

/**
 * Why code that nothing is known to use may be used all the same.
 *
 * - `exported`: visible outside its file; programs elsewhere may use it.
 * - `unresolved-name`: references of its name led nowhere (dynamic, ambiguous, on an object of unknown type); one of them
 *   may mean it.
 * - `used-by-tests`: tests use it, and nothing else does.
 * - `guessed-use`: something of its name is used, and only the name says that it is this.
 * - `overrides`: it overrides or implements a method, and calls of that one may run it.
 * - `foreign-base`: its class extends or implements something outside the repository, which may call it.
 * - `object-member`: a method of an object inside a function or a value; whoever is handed the object may call it.
 * - `special-name`: languages or their libraries call what has this name by themselves.
 */
export const DEAD_CODE_DOUBTS = [
  'used-by-tests',
  'guessed-use',
  'unresolved-name',
  'overrides',
  'foreign-base',
  'object-member',
  'special-name',
  'exported',
] as const;
export type DeadCodeDoubt = (typeof DEAD_CODE_DOUBTS)[number];

/** How much each doubt weighs: what only tests use is likely dead, what a library calls by its name hardly ever. */
export const DOUBT_WEIGHTS: Readonly<Record<DeadCodeDoubt, number>> = Object.freeze({
  'used-by-tests': 1,
  'guessed-use': 2,
  'unresolved-name': 2,
  overrides: 2,
  'foreign-base': 3,
  exported: 3,
  'object-member': 4,
  'special-name': 4,
});

/** Code that nothing is known to use. */
export interface DeadCodeCandidate {
  readonly node: number;
  /** Empty where nothing speaks for it. */
  readonly doubts: readonly DeadCodeDoubt[];
}

/** Kinds whose every use is an edge; reads of variables and fields are not. */
const CANDIDATE_KINDS: ReadonlySet<NodeKind> = new Set<NodeKind>([
  'function',
  'method',
  'class',
  'interface',
  'struct',
  'enum',
  'type',
  'procedure',
]);

/** What a method is defined in where it is no member of an object that is made on the spot. */
const TYPE_KINDS: ReadonlySet<NodeKind> = new Set<NodeKind>([
  'class',
  'interface',
  'struct',
  'enum',
  'type',
  'namespace',
  'module',
]);

/** `__init__`, `toString`, `ngOnInit`, `componentDidMount`, `Dispose`, `init` of Go: called by a runtime or a library. */
const SPECIAL_NAME =
  /^(?:__\w+__|_?init|toString|valueOf|toJSON|equals|hashCode|compareTo|finalize|clone|close|dispose|Dispose|Equals|GetHashCode|ToString|String|Error|drop|fmt|setUp|tearDown|ng[A-Z]\w*|component[DW]\w+|render|on[A-Z]\w*|\[.+\])$/u;

/**
 * Functions, methods, types and procedures that nothing is known to use but themselves, least doubtful first. Members of a
 * type that is listed are not listed again.
 *
 * @param isProgram - False for paths whose files are no part of the program itself: tests, examples, generated code.
 */
export function deadCode(graph: CompactGraph, isProgram: (path: string) => boolean): DeadCodeCandidate[] {
  const usage = measureUsage(graph, isProgram);
  const entered = new Uint8Array(graph.nodeCount);
  for (const { node, reason } of entryPoints(graph, isProgram)) {
    if (reason === 'exported') continue;
    for (let at = node; at !== -1; at = graph.parentOf(at)) entered[at] = 1;
  }
  const isCandidate = (node: number): boolean =>
    usage[node] !== USED &&
    entered[node] === 0 &&
    CANDIDATE_KINDS.has(graph.kindOf(node)) &&
    isProgram(graph.pathOf(node));
  const isOverride = graph.selector({ kinds: ['overrides'] });
  const found: DeadCodeCandidate[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (!isCandidate(node) || hasAncestor(graph, node, isCandidate)) continue;
    found.push({ node, doubts: doubtsOf(graph, node, usage[node] ?? UNUSED, isOverride) });
  }
  const weight = ({ doubts }: DeadCodeCandidate): number =>
    doubts.reduce((sum, doubt) => sum + DOUBT_WEIGHTS[doubt], 0);
  return found.sort((left, right) => weight(left) - weight(right) || left.node - right.node);
}

const UNUSED = 0;
const GUESSED = 1;
const TESTED = 2;
const USED = 3;

/** The best use of each node by anything outside of it, those of its members among them. */
function measureUsage(graph: CompactGraph, isProgram: (path: string) => boolean): Uint8Array {
  const { sources, targets } = graph.edges;
  const { paths, pathTable } = graph.nodes;
  const isOfProgram = Uint8Array.from(pathTable, (path) => (isProgram(path) ? 1 : 0));
  const isUse = graph.selector({ kinds: USE_KINDS });
  const isSure = graph.selector({ minConfidence: DEFAULT_MIN_CONFIDENCE });
  const isOverride = graph.selector({ kinds: ['overrides'] });
  const usage = new Uint8Array(graph.nodeCount);
  const raise = (node: number, source: number, level: number): void => {
    for (let at = node; at !== -1 && !isInside(graph, source, at); at = graph.parentOf(at)) {
      usage[at] = Math.max(usage[at] ?? UNUSED, level);
    }
  };
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    if (!isUse(edge) || isOverride(edge)) continue;
    const source = sources[edge] ?? 0;
    const byProgram = isOfProgram[paths[source] ?? 0] === 1;
    raise(targets[edge] ?? 0, source, !isSure(edge) ? GUESSED : byProgram ? USED : TESTED);
  }
  // Calls of a method may run those that override it, and those that override them.
  for (let changed = true; changed;) {
    changed = false;
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      if (!isOverride(edge)) continue;
      const [source, target] = [sources[edge] ?? 0, targets[edge] ?? 0];
      if ((usage[target] ?? UNUSED) <= (usage[source] ?? UNUSED)) continue;
      raise(source, target, usage[target] ?? UNUSED);
      changed = true;
    }
  }
  return usage;
}

function doubtsOf(
  graph: CompactGraph,
  node: number,
  usage: number,
  isOverride: (edge: number) => boolean,
): DeadCodeDoubt[] {
  const { external: _elsewhere, ...leads } = graph.unresolvedByName(graph.nameOf(node));
  const parent = graph.parentOf(node);
  let overrides = false;
  graph.forEachOutgoing(node, (edge) => (overrides ||= isOverride(edge)));
  const holds: Readonly<Record<DeadCodeDoubt, boolean>> = {
    'used-by-tests': usage === TESTED,
    'guessed-use': usage === GUESSED,
    'unresolved-name': Object.keys(leads).length > 0,
    overrides,
    'foreign-base': graph.nodes.foreignBases[node] === 1 || (parent >= 0 && graph.nodes.foreignBases[parent] === 1),
    'object-member': graph.kindOf(node) === 'method' && parent >= 0 && !TYPE_KINDS.has(graph.kindOf(parent)),
    'special-name': SPECIAL_NAME.test(graph.nameOf(node)),
    exported: graph.nodes.exported[node] === 1,
  };
  return DEAD_CODE_DOUBTS.filter((doubt) => holds[doubt]);
}

/** Whether a node is another, or defined in it at any depth. */
function isInside(graph: CompactGraph, node: number, outer: number): boolean {
  for (let at = node; at !== -1; at = graph.parentOf(at)) if (at === outer) return true;
  return false;
}

function hasAncestor(graph: CompactGraph, node: number, test: (node: number) => boolean): boolean {
  for (let at = graph.parentOf(node); at !== -1; at = graph.parentOf(at)) if (test(at)) return true;
  return false;
}
