import type { NodeId } from '../../graph/symbol.ts';
import type { Connection } from './connection.ts';

/** Ids remembered at most: about 20 MB. */
const MAX_KNOWN = 100_000;

/** Integers of node ids, remembered as long as nobody else changes the index. */
export class NodeInterner {
  readonly #connection: Connection;
  readonly #known = new Map<NodeId, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Forgets all: after a transaction that was rolled back, or one of another process. */
  forget(): void {
    this.#known.clear();
  }

  /** The integer of a node id, made if it is new. */
  intern(name: NodeId): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = this.find(name) ?? this.#insert(name);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(name, id);
    return id;
  }

  /** The integer of a node id the index knows. */
  find(name: NodeId): number | undefined {
    return (
      this.#known.get(name) ?? this.#connection.get<{ id: number }>('SELECT id FROM node WHERE name = ?', name)?.id
    );
  }

  #insert(name: NodeId): number {
    return this.#connection.insert('INSERT INTO node (name) VALUES (?)', name);
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
