import { DatabaseSync } from 'node:sqlite';
import type { OracleCall } from '../resolution/typescript-oracle.ts';

/** A call as a tool has it: where it stands, and the definition it leads to. */
export interface CallEdge {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly name: string;
  readonly targetPath: string;
  /** 1-based, inclusive. */
  readonly targetStart: number;
  readonly targetEnd: number;
}

export interface EdgeScore {
  /** Edges on a call that the compiler knows. */
  readonly right: number;
  readonly wrong: number;
  /** Calls of definitions of the project that no edge leads from to the right place. */
  readonly missed: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

/** Calls of an index of ours; what only a unique name says is left out, as answers hide it. */
export function ourCalls(path: string): CallEdge[] {
  return query(
    path,
    `SELECT f.path, e.site_line AS line, s.name, tf.path AS targetPath, s.start_line + 1 AS targetStart,
       s.end_line + 1 AS targetEnd
     FROM edge e JOIN node o ON o.id = e.owner JOIN file f ON 'file:' || f.path = o.name
       JOIN symbol s ON s.node_id = e.target JOIN file tf ON tf.id = s.file_id
     WHERE e.kind IN ('calls', 'instantiates') AND e.tier <> 'unique-name'`,
  );
}

/** Calls of an index of a peer: both have tables of one form. */
export function peerCalls(path: string): CallEdge[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const columns = new Set(
    database
      .prepare("SELECT name FROM pragma_table_info('nodes')")
      .all()
      .map((row) => String(row['name'])),
  );
  database.close();
  const named = columns.has('file_path')
    ? { file: 'file_path', start: 'start_line', end: 'end_line', source: 'source', target: 'target' }
    : { file: 'file', start: 'line', end: 'end_line', source: 'source_id', target: 'target_id' };
  const line = columns.has('file_path') ? 'e.line' : `s.${named.start}`;
  return query(
    path,
    `SELECT s.${named.file} AS path, ${line} AS line, t.name, t.${named.file} AS targetPath,
       t.${named.start} AS targetStart, coalesce(t.${named.end}, t.${named.start}) AS targetEnd
     FROM edges e JOIN nodes s ON s.id = e.${named.source} JOIN nodes t ON t.id = e.${named.target}
     WHERE e.kind IN ('calls', 'instantiates')`,
  );
}

function query(path: string, sql: string): CallEdge[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    // What the statement selects.
    return database.prepare(sql).all() as unknown as CallEdge[];
  } finally {
    database.close();
  }
}

/**
 * Compares edges with what the compiler says of the calls on their lines, by name: tools count columns in ways of their
 * own. An edge is right where the compiler's definition lies in the lines of its target, and wrong where the compiler
 * knows a call of that name on the line and means something else.
 *
 * @param calls - By path, relative to the folder.
 * @param placeOf - Line of an offset in a file, 1-based.
 */
export function scoreEdges(
  edges: readonly CallEdge[],
  calls: ReadonlyMap<string, readonly OracleCall[]>,
  relativePath: (path: string) => string,
  placeOf: (path: string, offset: number) => number,
): EdgeScore {
  const byLine = new Map<string, CallEdge[]>();
  for (const edge of edges) {
    const key = `${edge.path}:${edge.line}:${edge.name}`;
    const known = byLine.get(key);
    if (known === undefined) byLine.set(key, [edge]);
    else known.push(edge);
  }
  let right = 0;
  let wrong = 0;
  let missed = 0;
  for (const [path, list] of calls) {
    for (const call of list) {
      const declared = (call.declarations ?? []).map((place) => ({
        path: relativePath(place.path),
        line: placeOf(place.path, place.offset),
        name: place.name,
      }));
      const called = /([\w$]+)\W*$/u.exec(call.text)?.[1] ?? call.text;
      const names = new Set([called, ...declared.map(({ name }) => name), 'constructor']);
      const found = [...names].flatMap((name) => byLine.get(`${path}:${call.line + 1}:${name}`) ?? []);
      const inside = declared.filter((place) => !place.path.startsWith('..'));
      const isRight = found.some((edge) =>
        inside.some(
          (place) => place.path === edge.targetPath && edge.targetStart <= place.line && place.line <= edge.targetEnd,
        ),
      );
      if (isRight) right++;
      else if (found.length > 0 && call.declarations !== undefined) wrong++;
      if (!isRight && inside.length > 0) missed++;
    }
  }
  const ratio = (whole: number): number | null => (whole === 0 ? null : Math.round((right / whole) * 1e4) / 1e4);
  return { right, wrong, missed, precision: ratio(right + wrong), recall: ratio(right + missed) };
}
