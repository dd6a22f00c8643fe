import type { CompactGraph } from './compact-graph.ts';
import { CALL_KINDS, DEFAULT_MIN_CONFIDENCE, USE_KINDS } from './edge-groups.ts';
import type { NodeKind } from './symbol.ts';

/**
 * Why something is where a program is entered.
 *
 * - `command`: a manifest says that it is what a command of that package runs.
 * - `package`: a manifest says that it is what others import of that package.
 * - `route`: requests from outside come here.
 * - `main`: the language starts programs with a function of that name.
 * - `script`: a file that does something when it is loaded, and that no other file imports or uses.
 * - `exported`: visible outside its file and used by no other file: what others call, or nobody does.
 */
export const ENTRY_POINT_REASONS = ['command', 'package', 'route', 'main', 'script', 'exported'] as const;
export type EntryPointReason = (typeof ENTRY_POINT_REASONS)[number];

export interface EntryPoint {
  readonly node: number;
  readonly reason: EntryPointReason;
  /** Distinct nodes it uses itself. */
  readonly uses: number;
}

/** A file that a manifest names. */
export interface DeclaredEntry {
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  readonly reason: Extract<EntryPointReason, 'command' | 'package'>;
}

const MAIN_NAMES: ReadonlySet<string> = new Set(['main', 'Main']);
const CALLABLE: ReadonlySet<NodeKind> = new Set<NodeKind>(['function', 'method', 'procedure']);
const EXPORTABLE: ReadonlySet<NodeKind> = new Set<NodeKind>(['function', 'class', 'struct', 'procedure', 'package']);

/**
 * Places where a program is entered, surest reason first, then by how much they use.
 *
 * @param isProgram - False for paths whose files are no part of the program itself: tests, examples, generated code.
 * @param declared - Files that manifests name; each path once.
 */
export function entryPoints(
  graph: CompactGraph,
  isProgram: (path: string) => boolean,
  declared: readonly DeclaredEntry[] = [],
): EntryPoint[] {
  const declaredReasons = new Map(declared.map(({ path, reason }) => [path, reason]));
  const usedFromOutside = nodesUsedByOtherFiles(graph, isProgram);
  const isCall = graph.selector({ kinds: CALL_KINDS, minConfidence: DEFAULT_MIN_CONFIDENCE });
  const isUse = graph.selector({ kinds: USE_KINDS, minConfidence: DEFAULT_MIN_CONFIDENCE });
  const found: EntryPoint[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    const path = graph.pathOf(node);
    if (path === '' || !isProgram(path)) continue;
    const named = graph.kindOf(node) === 'file' ? declaredReasons.get(path) : undefined;
    const reason = named ?? reasonOf(graph, node, usedFromOutside, isCall);
    if (reason !== null) found.push({ node, reason, uses: countTargets(graph, node, isUse) });
  }
  const rankOf = ({ reason }: EntryPoint): number => ENTRY_POINT_REASONS.indexOf(reason);
  return found.sort((left, right) => rankOf(left) - rankOf(right) || right.uses - left.uses || left.node - right.node);
}

function reasonOf(
  graph: CompactGraph,
  node: number,
  usedFromOutside: Uint8Array,
  isCall: (edge: number) => boolean,
): EntryPointReason | null {
  const kind = graph.kindOf(node);
  if (kind === 'route') return 'route';
  if (MAIN_NAMES.has(graph.nameOf(node)) && CALLABLE.has(kind)) return isMain(graph, node) ? 'main' : null;
  if (usedFromOutside[node] === 1) return null;
  if (kind === 'file') {
    for (let edge = graph.outgoing[node] ?? 0; edge < (graph.outgoing[node + 1] ?? 0); edge++) {
      if (isCall(edge)) return 'script';
    }
    return null;
  }
  const isTop = graph.parentOf(node) === -1;
  return isTop && graph.nodes.exported[node] === 1 && EXPORTABLE.has(kind) ? 'exported' : null;
}

/** At the top of its file, or in a class that is: inner functions may be called main as well. */
function isMain(graph: CompactGraph, node: number): boolean {
  const parent = graph.parentOf(node);
  return parent === -1 || (graph.parentOf(parent) === -1 && !CALLABLE.has(graph.kindOf(parent)));
}

/** 1 for each node that another file of the program uses or imports; what it is defined in counts as used with it. */
function nodesUsedByOtherFiles(graph: CompactGraph, isProgram: (path: string) => boolean): Uint8Array {
  const { sources, targets } = graph.edges;
  const { paths, pathTable } = graph.nodes;
  const fileOfPath = new Map<number, number>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.kindOf(node) === 'file') fileOfPath.set(paths[node] ?? 0, node);
  }
  const isOfProgram = Uint8Array.from(pathTable, (path) => (isProgram(path) ? 1 : 0));
  const isUse = graph.selector({ kinds: [...USE_KINDS, 'imports'], minConfidence: DEFAULT_MIN_CONFIDENCE });
  const isUsed = new Uint8Array(graph.nodeCount);
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    const from = paths[sources[edge] ?? 0] ?? 0;
    const target = targets[edge] ?? 0;
    const to = paths[target] ?? 0;
    if (from === to || isOfProgram[from] !== 1 || !isUse(edge)) continue;
    for (let used = target; used !== -1; used = graph.parentOf(used)) isUsed[used] = 1;
    const file = fileOfPath.get(to);
    if (file !== undefined) isUsed[file] = 1;
  }
  return isUsed;
}

function countTargets(graph: CompactGraph, node: number, isSelected: (edge: number) => boolean): number {
  const found = new Set<number>();
  graph.forEachOutgoing(node, (edge) => isSelected(edge) && found.add(graph.edges.targets[edge] ?? 0));
  return found.size;
}
