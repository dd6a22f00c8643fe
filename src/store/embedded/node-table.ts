import type { NodeId } from '../../graph/symbol.ts';
import type { Connection } from './connection.ts';

/** Integers of node ids, remembered for the length of one transaction. */
export class NodeInterner {
  readonly #connection: Connection;
  readonly #known = new Map<NodeId, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The integer of a node id, made if it is new. */
  intern(name: NodeId): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = this.find(name) ?? this.#insert(name);
    this.#known.set(name, id);
    return id;
  }

  /** The integer of a node id the index knows. */
  find(name: NodeId): number | undefined {
    return this.#connection.get<{ id: number }>('SELECT id FROM node WHERE name = ?', name)?.id;
  }

  #insert(name: NodeId): number {
    const row = this.#connection.get<{ id: number }>('INSERT INTO node (name) VALUES (?) RETURNING id', name);
    if (row === undefined) throw new TypeError('INSERT … RETURNING gave no row');
    return row.id;
  }
}

/** Forgets ids that no symbol, edge or reference uses any more. */
export function removeOrphanNodes(connection: Connection): void {
  connection.run(`
    DELETE FROM node WHERE id NOT IN (
      SELECT node_id FROM symbol
      UNION SELECT parent_id FROM symbol WHERE parent_id IS NOT NULL
      UNION SELECT symbol_id FROM chunk WHERE symbol_id IS NOT NULL
      UNION SELECT owner FROM edge_set UNION SELECT source FROM edge UNION SELECT target FROM edge
      UNION SELECT source FROM unresolved)`);
}
