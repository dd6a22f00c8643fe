import type { FileStamp } from '../store/index-store.ts';
import type { CodeKnowledgeGraph } from './code-knowledge-graph.ts';
import { readSnippet, type Snippet } from './read-snippet.ts';
import type { Relations } from './relations.ts';
import type { SearchHit } from './search-hit.ts';

/** Lines of a hit that are read from its file. */
const SNIPPET_LINES = 40;
/** Why a hit has no lines, or perhaps not the right ones. */
const SNIPPET_NOTES: Readonly<Record<Exclude<Snippet['status'], 'read'> | 'stale', string>> = {
  stale: 'the file has changed since: these lines may be others, index again',
  missing: 'the file is gone: index again',
  'outside-root': 'the path leads out of the repository and was not read',
  unreadable: 'the file cannot be read',
  changed: 'the file has changed: index again',
};

/** A hit with its lines, as people and agents read it. */
export interface CompletedHit extends SearchHit {
  /** The lines of the hit as they are in the file now; empty with a `note` where they cannot be read. */
  readonly snippet: string;
  readonly note?: string | undefined;
  readonly context?: { readonly callers: Relations; readonly callees: Relations } | undefined;
}

/**
 * Reads the lines of a hit, and who calls it and what it calls.
 *
 * @param root - Folder of the repository.
 * @param stamp - What the file was when it was indexed.
 * @param graph - Answers who calls it; null leaves that out.
 */
export async function completeHit(
  root: string,
  hit: SearchHit,
  stamp: FileStamp | undefined,
  graph: CodeKnowledgeGraph | null,
): Promise<CompletedHit> {
  const snippet = await readSnippet(root, hit, { maxLines: SNIPPET_LINES, stamp });
  const status = snippet.status === 'read' && snippet.stale ? 'stale' : snippet.status;
  const note = status === 'read' ? {} : { note: SNIPPET_NOTES[status] };
  const completed: CompletedHit = { ...hit, snippet: snippet.text ?? '', ...note };
  if (graph === null || hit.symbol === null) return completed;
  const { id } = hit.symbol;
  return { ...completed, context: { callers: await graph.callers(id), callees: await graph.callees(id) } };
}
