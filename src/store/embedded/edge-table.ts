import { compareText } from '../../kernel/text/compare-text.ts';
import { fileNodeId, type NodeId } from '../../graph/symbol.ts';
import type { Edge, EdgeKind, ResolutionTier, UnresolvedReason, UnresolvedReference } from '../../graph/edge.ts';
import type { EdgeSet, FileEdges } from '../index-store.ts';
import type { Connection } from './connection.ts';
import { lastName, namesMatch } from './name-tail.ts';
import type { NodeInterner } from './node-table.ts';

interface EdgeRow {
  readonly kind: EdgeKind;
  readonly source: NodeId;
  readonly target: NodeId;
  readonly tier: ResolutionTier;
  readonly confidence: number;
  readonly owner: NodeId;
  readonly site_path: string | null;
  readonly site_line: number;
  readonly site_column: number;
}

interface UnresolvedRow {
  readonly kind: EdgeKind;
  readonly source: NodeId;
  readonly name: string;
  readonly reason: UnresolvedReason;
  readonly candidate_count: number;
  readonly owner: NodeId;
  readonly site_path: string | null;
  readonly site_line: number;
  readonly site_column: number;
}

const OWNER_PREFIX = fileNodeId('').length;
const NOTHING = new Uint8Array(0);

const EDGE_COLUMNS = `s.name AS source, t.name AS target, o.name AS owner, e.kind, e.tier, e.confidence, e.site_path,
  e.site_line, e.site_column`;
const EDGE_JOINS = 'JOIN node s ON s.id = e.source JOIN node t ON t.id = e.target JOIN node o ON o.id = e.owner';
const UNRESOLVED_COLUMNS = `s.name AS source, o.name AS owner, u.kind, u.name, u.reason, u.candidate_count, u.site_path,
  u.site_line, u.site_column`;
const UNRESOLVED_JOINS = 'JOIN node s ON s.id = u.source JOIN node o ON o.id = u.owner';

function siteOf(row: EdgeRow | UnresolvedRow): Edge['site'] {
  return { path: row.site_path ?? row.owner.slice(OWNER_PREFIX), line: row.site_line, column: row.site_column };
}

function edgeOf(row: EdgeRow): Edge {
  const { kind, source, target, tier, confidence } = row;
  return { kind, source, target, tier, confidence, site: siteOf(row) };
}

function unresolvedOf(row: UnresolvedRow): UnresolvedReference {
  const { kind, source, name, reason } = row;
  return { kind, source, name, reason, candidateCount: row.candidate_count, site: siteOf(row) };
}

/** Integers depend on the history of an index and its order of rows with them; places in the text do not. */
function byPlace(left: Edge | UnresolvedReference, right: Edge | UnresolvedReference): number {
  return (
    compareText(left.site.path, right.site.path) ||
    left.site.line - right.site.line ||
    left.site.column - right.site.column ||
    compareText(left.kind, right.kind) ||
    compareText(left.source, right.source) ||
    compareText('target' in left ? left.target : left.name, 'target' in right ? right.target : right.name)
  );
}

/** Replaces everything that goes out of one file. */
export function replaceFileEdges(connection: Connection, nodes: NodeInterner, file: FileEdges): void {
  const owner = nodes.intern(fileNodeId(file.path));
  deleteOwned(connection, owner);
  connection.run(
    'INSERT INTO edge_set (owner, digest, dependencies) VALUES (?, ?, ?)',
    owner,
    file.digest,
    file.dependencies ?? NOTHING,
  );
  for (const [ordinal, edge] of file.edges.entries()) {
    const { site } = edge;
    connection.run(
      `INSERT INTO edge (owner, ordinal, source, target, kind, tier, confidence, site_path, site_line, site_column)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      owner,
      ordinal,
      nodes.intern(edge.source),
      nodes.intern(edge.target),
      edge.kind,
      edge.tier,
      edge.confidence,
      site.path === file.path ? null : site.path,
      site.line,
      site.column,
    );
  }
  for (const [ordinal, reference] of file.unresolved.entries()) {
    const { site } = reference;
    connection.run(
      `INSERT INTO unresolved (owner, ordinal, source, kind, name, last_name, reason, candidate_count, site_path,
         site_line, site_column)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      owner,
      ordinal,
      nodes.intern(reference.source),
      reference.kind,
      reference.name,
      lastName(reference.name),
      reference.reason,
      reference.candidateCount,
      site.path === file.path ? null : site.path,
      site.line,
      site.column,
    );
  }
}

/** Deletes everything that goes out of one file. */
export function deleteFileEdges(connection: Connection, nodes: NodeInterner, path: string): void {
  const owner = nodes.find(fileNodeId(path));
  if (owner !== undefined) deleteOwned(connection, owner);
}

function deleteOwned(connection: Connection, owner: number): void {
  connection.run('DELETE FROM edge_set WHERE owner = ?', owner);
  connection.run('DELETE FROM edge WHERE owner = ?', owner);
  connection.run('DELETE FROM unresolved WHERE owner = ?', owner);
}

/** Edges that leave or reach any of the nodes, in order of their sites. */
export function edgesOf(
  connection: Connection,
  ids: readonly NodeId[],
  direction: 'outgoing' | 'incoming',
  kinds: readonly EdgeKind[] | undefined,
): Edge[] {
  const column = direction === 'outgoing' ? 'source' : 'target';
  const rows = connection.all<EdgeRow>(
    `SELECT ${EDGE_COLUMNS} FROM edge e ${EDGE_JOINS}
     WHERE e.${column} IN (SELECT n.id FROM json_each(?) j JOIN node n ON n.name = j.value)`,
    JSON.stringify(ids),
  );
  const wanted = kinds === undefined ? rows : rows.filter((row) => kinds.includes(row.kind));
  return wanted.map(edgeOf).sort(byPlace);
}

/** References that made no edge, in order of their sites; both conditions together where both are given. */
export function unresolvedOfQuery(
  connection: Connection,
  query: { readonly sources?: readonly NodeId[] | undefined; readonly names?: readonly string[] | undefined },
): UnresolvedReference[] {
  const conditions: string[] = [];
  const values: string[] = [];
  if (query.sources !== undefined) {
    conditions.push('u.source IN (SELECT n.id FROM json_each(?) j JOIN node n ON n.name = j.value)');
    values.push(JSON.stringify(query.sources));
  }
  const { names } = query;
  if (names !== undefined) {
    conditions.push('u.last_name IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(names.map(lastName)));
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const rows = connection.all<UnresolvedRow>(
    `SELECT ${UNRESOLVED_COLUMNS} FROM unresolved u ${UNRESOLVED_JOINS} ${where}`,
    ...values,
  );
  const wanted = names === undefined ? rows : rows.filter((row) => names.some((name) => namesMatch(row.name, name)));
  return wanted.map(unresolvedOf).sort(byPlace);
}

/** Digest of the edges of each file that has them stored, in path order. */
export function edgeDigests(connection: Connection): Map<string, string> {
  const rows = connection.all<{ name: string; digest: string }>(
    'SELECT n.name, e.digest FROM edge_set e JOIN node n ON n.id = e.owner ORDER BY n.name',
  );
  return new Map(rows.map((row) => [row.name.slice(OWNER_PREFIX), row.digest]));
}

/** The same with what the edges were made from. */
export function edgeSets(connection: Connection): EdgeSet[] {
  const rows = connection.all<{ name: string; digest: string; dependencies: Uint8Array }>(
    'SELECT n.name, e.digest, e.dependencies FROM edge_set e JOIN node n ON n.id = e.owner ORDER BY n.name',
  );
  return rows.map(({ name, digest, dependencies }) => ({ path: name.slice(OWNER_PREFIX), digest, dependencies }));
}

/** Everything that goes out of one file, in the order it was given. */
export function fileEdges(connection: Connection, path: string, digest: string): FileEdges {
  const owner = fileNodeId(path);
  const edges = connection.all<EdgeRow>(
    `SELECT ${EDGE_COLUMNS} FROM edge e ${EDGE_JOINS} WHERE o.name = ? ORDER BY e.ordinal`,
    owner,
  );
  const unresolved = connection.all<UnresolvedRow>(
    `SELECT ${UNRESOLVED_COLUMNS} FROM unresolved u ${UNRESOLVED_JOINS} WHERE o.name = ? ORDER BY u.ordinal`,
    owner,
  );
  return { path, edges: edges.map(edgeOf), unresolved: unresolved.map(unresolvedOf), digest };
}
