import { pathToFileURL } from 'node:url';
import { fileNodeId, type SymbolKind, type SymbolNode } from '../../graph/symbol.ts';
import { encodeScipDocument, encodeScipMetadata, scipSymbols } from '../../scip/write-scip-index.ts';
import type { FileStamp } from '../../store/index-store.ts';
import { MAX_SNIPPET_FILE_BYTES, readSnippet } from '../read-snippet.ts';
import type { ExportSource, GraphExport, GraphExportOptions } from './graph-exporter.ts';

/**
 * A SCIP index, document by document in path order. Files that changed since they were indexed are left out: places in
 * another text would be wrong. What is in it is counted while it is written.
 */
export async function exportScip(source: ExportSource, options: GraphExportOptions): Promise<GraphExport> {
  const wantedKinds = options.kinds === undefined ? null : new Set<SymbolKind>(options.kinds);
  const stamps = await source.store.fileStamps();
  const symbols = new Map<string, readonly SymbolNode[]>();
  for (const { path } of stamps) {
    const found = await source.store.findSymbols({ path });
    symbols.set(path, wantedKinds === null ? found : found.filter(({ kind }) => wantedKinds.has(kind)));
  }
  const written = { nodes: 0, edges: 0, changedFiles: 0 };
  return {
    get nodes() {
      return written.nodes;
    },
    get edges() {
      return written.edges;
    },
    get notice() {
      const { changedFiles: count } = written;
      return count === 0 ? undefined : `left out what changed since it was indexed, index again: files: ${count}`;
    },
    content: write(source, stamps, symbols, options, written),
  };
}

async function* write(
  { root, store, toolVersion = '' }: ExportSource,
  stamps: readonly FileStamp[],
  symbols: ReadonlyMap<string, readonly SymbolNode[]>,
  options: GraphExportOptions,
  written: { nodes: number; edges: number; changedFiles: number },
): AsyncGenerator<Uint8Array> {
  const names = scipSymbols(symbols.values());
  const { edges: kinds, minConfidence = MIN_CONFIDENCE } = options;
  yield encodeScipMetadata({ toolVersion, projectRoot: pathToFileURL(root).href });
  for (const stamp of stamps) {
    const { path, language } = stamp;
    const own = symbols.get(path) ?? [];
    const sources = [fileNodeId(path), ...own.map(({ id }) => id)];
    const found = await store.edges(sources, { direction: 'outgoing', kinds });
    const edges = found.filter(({ confidence }) => confidence >= minConfidence);
    const lines = [...own.map(({ range }) => range.start.line + 1), ...edges.map(({ site }) => site.line)];
    const lastLine = lines.reduce((last, line) => Math.max(last, line), 1);
    const text = await textOf(root, stamp, lastLine);
    if (text === null) {
      written.changedFiles++;
      continue;
    }
    const { bytes, edgeCount } = encodeScipDocument({ path, language, text, symbols: own, edges }, names);
    written.nodes += own.length;
    written.edges += edgeCount;
    yield bytes;
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
