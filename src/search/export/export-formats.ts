import type { ExportSource, GraphExport, GraphExporter, GraphExportOptions } from './graph-exporter.ts';

/** Formats a graph can be written in. */
export const EXPORT_FORMATS = ['json', 'mermaid', 'graphml', 'scip'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How each format is loaded. A new one needs its name above, its line here, and nothing else. */
const EXPORTERS: Readonly<Record<ExportFormat, () => Promise<GraphExporter>>> = {
  json: async () => (await import('./export-json.ts')).exportJson,
  mermaid: async () => (await import('./export-mermaid.ts')).exportMermaid,
  graphml: async () => (await import('./export-graphml.ts')).exportGraphml,
  scip: async () => (await import('./export-scip.ts')).exportScip,
};

/** Writes a graph in one of the formats. */
export async function exportGraph(
  format: ExportFormat,
  source: ExportSource,
  options: GraphExportOptions = {},
): Promise<GraphExport> {
  const exporter = await EXPORTERS[format]();
  return await exporter(source, options);
}
