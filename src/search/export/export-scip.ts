import { pathToFileURL } from 'node:url';
import type { EdgeKind } from '../../graph/edge.ts';
import { fileNodeId, type SymbolKind, type SymbolNode } from '../../graph/symbol.ts';
import { encodeScipDocument, encodeScipMetadata, scipSymbols } from '../../scip/write-scip-index.ts';
import type { FileStamp } from '../../store/index-store.ts';
import { MAX_SNIPPET_FILE_BYTES, readSnippet } from '../read-snippet.ts';
import type { ExportSource, GraphExport, GraphExportOptions } from './graph-exporter.ts';

/** A SCIP index, document by document in path order. Files that changed since they were indexed are left out. */
export async function exportScip(source: ExportSource, options: GraphExportOptions): Promise<GraphExport> {
  const wantedKinds = options.kinds === undefined ? null : new Set<SymbolKind>(options.kinds);
  const stamps = await source.store.fileStamps();
  const symbols = new Map<string, readonly SymbolNode[]>();
  let count = 0;
  for (const { path } of stamps) {
    const found = await source.store.findSymbols({ path });
    const wanted = wantedKinds === null ? found : found.filter(({ kind }) => wantedKinds.has(kind));
    symbols.set(path, wanted);
    count += wanted.length;
  }
  const { edges } = await source.store.counts();
  return { nodes: count, edges, content: write(source, stamps, symbols, options) };
}

async function* write(
  { root, store, toolVersion = '' }: ExportSource,
  stamps: readonly FileStamp[],
  symbols: ReadonlyMap<string, readonly SymbolNode[]>,
  options: GraphExportOptions,
): AsyncGenerator<Uint8Array> {
  const names = scipSymbols(symbols.values());
  const wantedEdges = options.edges === undefined ? null : new Set<EdgeKind>(options.edges);
  yield encodeScipMetadata({ toolVersion, projectRoot: pathToFileURL(root).href });
  for (const stamp of stamps) {
    const { path, language } = stamp;
    const own = symbols.get(path) ?? [];
    const sources = [fileNodeId(path), ...own.map(({ id }) => id)];
    const edges = await store.edges(sources, { direction: 'outgoing', kinds: options.edges });
    const shown = edges.filter(
      ({ kind, confidence }) =>
        (wantedEdges === null || wantedEdges.has(kind)) && confidence >= (options.minConfidence ?? MIN_CONFIDENCE),
    );
    const lastLine = Math.max(
      1,
      ...own.map(({ range }) => range.start.line + 1),
      ...shown.map(({ site }) => site.line),
    );
    const text = await textOf(root, stamp, lastLine);
    // Places in another text would be wrong.
    if (text === null) continue;
    yield encodeScipDocument({ path, language, text, symbols: own, edges: shown }, names);
  }
}

/** What reads an index takes it for facts: guesses by name stay out. */
const MIN_CONFIDENCE = 0.5;

/** The text of a file up to a line as it was indexed, or null where it is another by now. */
async function textOf(root: string, stamp: FileStamp, endLine: number): Promise<string | null> {
  const limits = { maxLines: endLine, maxLength: MAX_SNIPPET_FILE_BYTES, stamp };
  const snippet = await readSnippet(root, { path: stamp.path, startLine: 1, endLine }, limits);
  return snippet.status === 'read' && !snippet.stale && !snippet.truncated ? snippet.text : null;
}
