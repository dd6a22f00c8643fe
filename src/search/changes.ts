import { fileNodeId, type NodeId, type SymbolNode } from '../graph/symbol.ts';
import type { IndexStore } from '../store/index-store.ts';
import { findImpactOf, type ImpactOptions, type ImpactResult } from './impact.ts';
import type { LoadedGraph } from './loaded-graph.ts';
import { nodeDescriber } from './relation-edge.ts';
import { summarizeSymbol, type NodeSummary, type SymbolSummary } from './symbol-summary.ts';

/** Changed lines of one file, as it is now. */
export interface ChangedLines {
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  readonly status: 'added' | 'modified' | 'renamed' | 'deleted';
  /** Path before a rename. */
  readonly oldPath?: string | undefined;
  /** 1-based and inclusive; null for the whole file. An empty range (`last` before `first`) is where lines were removed. */
  readonly ranges: readonly { readonly first: number; readonly last: number }[] | null;
}

/** A symbol on changed lines. */
export interface ChangedSymbol {
  readonly symbol: SymbolSummary;
  /** `added` where its whole file is new, `deleted` where its file is gone and the index does not know yet. */
  readonly status: 'added' | 'modified' | 'deleted';
}

/** What changed, and what may break by it. */
export interface Changes {
  readonly files: readonly Omit<ChangedLines, 'ranges'>[];
  /** The innermost symbols on changed lines. */
  readonly symbols: readonly ChangedSymbol[];
  /** Files with changed lines outside of all symbols; those that are gone are not here, but in `files`. */
  readonly outside: readonly NodeSummary[];
  readonly impact: ImpactResult;
}

/** Finds the innermost symbols on changed lines, and what may break by them. */
export async function findChanges(
  store: IndexStore,
  graph: LoadedGraph,
  files: readonly ChangedLines[],
  options: ImpactOptions = {},
): Promise<Changes> {
  const symbols: ChangedSymbol[] = [];
  const outside: NodeId[] = [];
  const indexed = new Set((await store.fileStamps(files.map(({ path }) => path))).map(({ path }) => path));
  for (const { path, status, ranges } of files) {
    if (!indexed.has(path)) continue;
    const touched = touchedSymbols(await store.findSymbols({ path }), ranges);
    for (const symbol of touched.symbols) {
      symbols.push({ symbol: summarizeSymbol(symbol), status: status === 'renamed' ? 'modified' : status });
    }
    if (touched.outside && status !== 'deleted') outside.push(fileNodeId(path));
  }
  const describe = await nodeDescriber(store, outside);
  // Lines outside of symbols change what runs when the file is loaded, not what others use of it.
  const changed = symbols.map(({ symbol }) => symbol.id);
  return {
    files: files.map(({ ranges: _ranges, ...file }) => file),
    symbols,
    outside: outside.map(describe),
    impact: await findImpactOf(store, graph, changed, options),
  };
}

/** The innermost symbols that hold any of the lines, and whether a line is in none. */
function touchedSymbols(
  symbols: readonly SymbolNode[],
  ranges: ChangedLines['ranges'],
): { readonly symbols: readonly SymbolNode[]; readonly outside: boolean } {
  if (ranges === null) return { symbols, outside: symbols.length === 0 };
  const touched = new Set<SymbolNode>();
  let outside = false;
  for (const { first, last } of ranges) {
    // Where lines were removed, the symbol around the gap changed: it holds the lines on both sides.
    const lines = last < first ? [last, first] : [first, last];
    const [from = first, to = last] = lines;
    const holders = symbols.filter((symbol) => overlaps(symbol, from, to, last < first));
    if (holders.length === 0) outside = true;
    const parents = new Set(holders.map(({ parentId }) => parentId));
    for (const holder of holders) {
      const isInnermost = !parents.has(holder.id);
      if (isInnermost || hasOwnLines(holder, holders, from, to)) touched.add(holder);
    }
  }
  return { symbols: symbols.filter((symbol) => touched.has(symbol)), outside };
}

function overlaps(symbol: SymbolNode, from: number, to: number, isGap: boolean): boolean {
  const { startLine, endLine } = summarizeSymbol(symbol);
  return isGap ? startLine <= from && endLine >= to : startLine <= to && endLine >= from;
}

/** Whether some of the lines are the symbol's own and in none of its members. */
function hasOwnLines(symbol: SymbolNode, holders: readonly SymbolNode[], from: number, to: number): boolean {
  const own = summarizeSymbol(symbol);
  const members = holders.filter(({ parentId }) => parentId === symbol.id).map(summarizeSymbol);
  let line = Math.max(from, own.startLine);
  const end = Math.min(to, own.endLine);
  for (const member of members.sort((left, right) => left.startLine - right.startLine)) {
    if (member.startLine > line) return true;
    line = Math.max(line, member.endLine + 1);
  }
  return line <= end;
}
