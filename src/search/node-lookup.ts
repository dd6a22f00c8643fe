import { fileNodeId, type NodeId } from '../graph/symbol.ts';
import type { IndexStore } from '../store/index-store.ts';
import { resolveSymbol } from './symbol-lookup.ts';
import { normalizePath } from './symbol-reference.ts';
import { summarizeNodeId, summarizeSymbol, type NodeSummary } from './symbol-summary.ts';

/** What a question is about. */
export interface ResolvedNode {
  readonly summary: NodeSummary;
  /** The node and its overloads. */
  readonly ids: readonly NodeId[];
}

/**
 * Finds the one file or symbol a person means: the path of a file as the index has it, or whatever {@link resolveSymbol}
 * takes.
 *
 * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
 */
export async function resolveNode(store: IndexStore, text: string): Promise<ResolvedNode> {
  const path = normalizePath(text.trim());
  const [file] = path === '' ? [] : await store.fileStamps([path]);
  if (file !== undefined) {
    const id = fileNodeId(file.path);
    return { summary: summarizeNodeId(id), ids: [id] };
  }
  const { symbol, overloads } = await resolveSymbol(store, text);
  return { summary: summarizeSymbol(symbol), ids: [symbol, ...overloads].map(({ id }) => id) };
}
