import type { ExportSource, GraphExport, GraphExportOptions } from './graph-exporter.ts';
import { SelectedGraph } from './selected-graph.ts';

/** Attributes of nodes and edges; they are declared before they are used. */
const KEYS: readonly (readonly [owner: 'node' | 'edge', name: string, type: 'string' | 'int' | 'double'])[] = [
  ['node', 'kind', 'string'],
  ['node', 'name', 'string'],
  ['node', 'qualifiedName', 'string'],
  ['node', 'path', 'string'],
  ['node', 'startLine', 'int'],
  ['node', 'endLine', 'int'],
  ['node', 'language', 'string'],
  ['edge', 'kind', 'string'],
  ['edge', 'tier', 'string'],
  ['edge', 'confidence', 'double'],
  ['edge', 'path', 'string'],
  ['edge', 'line', 'int'],
  ['edge', 'column', 'int'],
];

/** Characters XML 1.0 has no way to write. */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed here
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu;

/** GraphML (graphml.graphdrawing.org), which Gephi, yEd, igraph and NetworkX read. */
export async function exportGraphml(source: ExportSource, options: GraphExportOptions): Promise<GraphExport> {
  const graph = await SelectedGraph.read(source, options);
  return { nodes: graph.nodeCount, edges: graph.edgeCount, content: write(graph) };
}

async function* write(graph: SelectedGraph): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n';
  for (const [owner, name, type] of KEYS) {
    yield `  <key id="${owner}-${name}" for="${owner}" attr.name="${name}" attr.type="${type}"/>\n`;
  }
  yield `  <graph id="${escapeXml(graph.name)}" edgedefault="directed">\n`;
  for await (const node of graph.nodes()) {
    const { id, kind, name, qualifiedName, path } = node;
    const lines =
      'startLine' in node ? { startLine: node.startLine, endLine: node.endLine, language: node.language } : {};
    yield `    <node id="${escapeXml(id)}">${data('node', { kind, name, qualifiedName, path, ...lines })}</node>\n`;
  }
  for (const { kind, source, target, tier, confidence, site } of graph.edges()) {
    const { path, line, column } = site;
    const values = data('edge', { kind, tier, confidence, path, line, column });
    yield `    <edge source="${escapeXml(source.id)}" target="${escapeXml(target.id)}">${values}</edge>\n`;
  }
  yield '  </graph>\n</graphml>\n';
}

function data(owner: 'node' | 'edge', values: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `<data key="${owner}-${name}">${escapeXml(String(value))}</data>`)
    .join('');
}

function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
