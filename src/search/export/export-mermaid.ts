import type { ExportSource, GraphExport, GraphExportOptions } from './graph-exporter.ts';
import { SelectedGraph, type SelectedEdge } from './selected-graph.ts';

/** Mermaid's own limit (`maxEdges`), unless its configuration raises it. */
const DRAWN_EDGES = 500;

/**
 * A flowchart in Mermaid's language, as Markdown of many hosts draws it. Nodes without edges are left out, and several
 * edges of a kind between two nodes are one arrow.
 */
export async function exportMermaid(source: ExportSource, options: GraphExportOptions): Promise<GraphExport> {
  const graph = await SelectedGraph.read(source, options);
  const arrows = new Map<string, SelectedEdge>();
  for (const edge of graph.edges()) {
    // What is in what is drawn by the names already.
    if (edge.kind === 'contains' && options.edges === undefined) continue;
    arrows.set(JSON.stringify([edge.source.id, edge.target.id, edge.kind]), edge);
  }
  const drawn = [...arrows.values()];
  const ends = new Map(
    drawn.flatMap(({ source: from, target: to }) => [[from.id, from] as const, [to.id, to] as const]),
  );
  const notice =
    drawn.length > DRAWN_EDGES
      ? `Mermaid draws at most ${DRAWN_EDGES} edges unless its maxEdges is raised: narrow it with --kinds and --edges`
      : undefined;
  const numbers = new Map([...ends.keys()].sort().map((id, number) => [id, `n${number}`]));
  const lines = [
    ...[...numbers].map(([id, number]) => `  ${number}["${escapeMermaid(ends.get(id)?.qualifiedName ?? id)}"]`),
    ...drawn.map((edge) => `  ${numbers.get(edge.source.id)} -->|${edge.kind}| ${numbers.get(edge.target.id)}`),
  ];
  return { nodes: ends.size, edges: drawn.length, content: write(lines), notice };
}

async function* write(lines: readonly string[]): AsyncGenerator<string> {
  yield 'flowchart LR\n';
  for (const line of lines) yield `${line}\n`;
}

/** Mermaid's entity codes: quotes end a label, and what looks like a tag is taken for one. */
function escapeMermaid(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ._/:@$()*~-]/gu, (character) => `#${character.codePointAt(0)};`);
}
