import type { EdgeKind, ResolutionTier, UnresolvedReason } from '../../graph/edge.ts';
import type { GraphSink } from '../../graph/graph-sink.ts';
import { fileNodeId, type NodeId, type SymbolKind } from '../../graph/symbol.ts';
import type { Connection } from './connection.ts';

interface NodeRow {
  readonly id: number;
  readonly node_name: NodeId;
  readonly kind: SymbolKind | null;
  readonly name: string;
  readonly file_id: number;
  readonly language: string;
  readonly exported: number;
  readonly parent_id: number | null;
}

/** Edges of one file; each an array, for a row of its own costs three times as much to read. */
interface EdgesRow {
  readonly owner: number;
  /** JSON of {@link EdgeFields}[]; numbers keep every bit in it. */
  readonly edges: string;
}

type EdgeFields = readonly [
  source: number,
  target: number,
  kind: EdgeKind,
  tier: ResolutionTier,
  confidence: number,
  sitePath: string | null,
  line: number,
  column: number,
];

interface UnresolvedRow {
  readonly kind: EdgeKind;
  readonly name: string;
  readonly reason: UnresolvedReason;
  readonly count: number;
}

const OWNER_PREFIX = fileNodeId('');

/** Reads every node, every edge and the names that led nowhere. Keys are those of the table `node`. */
export function readGraphInto(connection: Connection, sink: GraphSink): void {
  const filePaths = new Map(
    connection.all<{ id: number; path: string }>('SELECT id, path FROM file').map(({ id, path }) => [id, path]),
  );
  const ownerPaths = new Map<number, string>();
  const nodes = connection.iterate<NodeRow>(
    `SELECT n.id, n.name AS node_name, s.kind, s.name, s.file_id, s.language, s.exported, s.parent_id
     FROM node n LEFT JOIN symbol s ON s.node_id = n.id`,
  );
  for (const row of nodes) {
    const { id, node_name, kind, name, language, parent_id: parent } = row;
    const path = filePaths.get(row.file_id) ?? '';
    const symbol = kind === null ? null : { kind, name, path, language, exported: row.exported === 1, parent };
    if (kind === null && node_name.startsWith(OWNER_PREFIX)) ownerPaths.set(id, node_name.slice(OWNER_PREFIX.length));
    sink.addNode(id, { id: node_name, symbol });
  }
  const files = connection.iterate<EdgesRow>(
    `SELECT owner, json_group_array(
       json_array(source, target, kind, tier, confidence, site_path, site_line, site_column)) AS edges
     FROM edge GROUP BY owner`,
  );
  for (const { owner, edges } of files) {
    const ownPath = ownerPaths.get(owner) ?? '';
    // What the statement selects, as in Connection.all.
    for (const [source, target, kind, tier, confidence, sitePath, line, column] of JSON.parse(edges) as EdgeFields[]) {
      sink.addEdge({ source, target, kind, tier, confidence, sitePath: sitePath ?? ownPath, line, column });
    }
  }
  const unresolved = connection.iterate<UnresolvedRow>(
    'SELECT kind, last_name AS name, reason, count(*) AS count FROM unresolved GROUP BY last_name, kind, reason',
  );
  for (const row of unresolved) sink.addUnresolvedName(row);
  const foreign = connection.iterate<{ source: number }>(
    "SELECT DISTINCT source FROM unresolved WHERE kind IN ('extends', 'implements')",
  );
  for (const { source } of foreign) sink.addForeignBase(source);
}
