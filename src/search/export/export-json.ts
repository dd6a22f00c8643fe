import type { ExportSource, GraphExport, GraphExportOptions } from './graph-exporter.ts';
import { SelectedGraph } from './selected-graph.ts';

/** Raised when the meaning of a field changes, not when one is added. */
const SCHEMA_VERSION = 1;

/** One JSON document: `{ schemaVersion, repository, nodes, edges }`, one node or edge a line. */
export async function exportJson(source: ExportSource, options: GraphExportOptions): Promise<GraphExport> {
  const graph = await SelectedGraph.read(source, options);
  return { nodes: graph.nodeCount, edges: graph.edgeCount, content: write(graph) };
}

async function* write(graph: SelectedGraph): AsyncGenerator<string> {
  const repository = JSON.stringify({ name: graph.name });
  yield `{"schemaVersion":${SCHEMA_VERSION},"repository":${repository},"nodes":[`;
  let separator = '\n';
  for await (const { id, kind, name, qualifiedName, path, ...rest } of graph.nodes()) {
    const lines =
      'startLine' in rest ? { startLine: rest.startLine, endLine: rest.endLine, language: rest.language } : {};
    yield separator + JSON.stringify({ id, kind, name, qualifiedName, path, ...lines });
    separator = ',\n';
  }
  yield '\n],"edges":[';
  separator = '\n';
  for (const { kind, source, target, tier, confidence, site } of graph.edges()) {
    yield separator + JSON.stringify({ kind, source, target, tier, confidence, site });
    separator = ',\n';
  }
  yield '\n]}\n';
}
