import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { toStoreError } from './sqlite-error.ts';

/** What a statement takes: as `node:sqlite`, whose numbers are bound as they are. */
export type SqlValue = SQLInputValue;

/** How a {@link Connection} opens its file. */
export interface ConnectionOptions {
  readonly readOnly: boolean;
  /** How long to wait for another process's lock. */
  readonly busyTimeoutMs: number;
}

/**
 * One open SQLite file: prepared statements, transactions, and every error as a {@link StoreError}.
 * The only module that imports `node:sqlite`.
 */
export class Connection {
  /** What messages call it. */
  readonly path: string;
  readonly readOnly: boolean;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  /**
   * @param path - Name in messages.
   * @param location - What SQLite opens: the path, `:memory:` or a `file:` URL with parameters.
   */
  constructor(path: string, location: string | URL, options: ConnectionOptions) {
    this.path = path;
    this.readOnly = options.readOnly;
    try {
      this.#database = new DatabaseSync(location, { readOnly: options.readOnly, timeout: options.busyTimeoutMs });
    } catch (thrown) {
      throw toStoreError(thrown, path);
    }
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    this.#guard(() => {
      this.#open().exec(sql);
    });
  }

  /** Runs a change; returns how many rows it touched. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#guard(() => Number(this.#prepare(sql).run(...values).changes));
  }

  /**
   * Inserts one row; returns its integer key. Not `RETURNING`: a statement with it gets a savepoint, and at each savepoint
   * FTS5 writes out what it has collected (52 µs a row instead of 6, SQLite 3.53).
   */
  insert(sql: string, ...values: readonly SqlValue[]): number {
    return this.#guard(() => Number(this.#prepare(sql).run(...values).lastInsertRowid));
  }

  /**
   * Rows of a query. `Row` is what the statement selects: statements are ours, and STRICT tables keep the types, so the
   * cast inside is the border to SQLite.
   */
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...values) as unknown as Row[]);
  }

  /** First row of a query; see {@link all}. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the statement selects
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values) as unknown as Row | undefined);
  }

  /** Rows one by one; leaving the loop ends the query. Must not be left open while the same statement runs again. */
  *iterate<Row>(sql: string, ...values: readonly SqlValue[]): IterableIterator<Row> {
    try {
      for (const row of this.#prepare(sql).iterate(...values)) yield row as unknown as Row;
    } catch (thrown) {
      throw toStoreError(thrown, this.path);
    }
  }

  /**
   * Runs `work` as one transaction that is there whole or not at all. Takes the write lock at once, so that it never
   * fails half-way for want of it.
   */
  write<Result>(work: () => Result): Result {
    if (this.readOnly) {
      throw new StoreError(`The index ${this.path} is open for reading only`, {
        code: 'STORE_READ_ONLY',
        hint: 'Open the index for writing.',
        details: { path: this.path },
      });
    }
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /** Runs `work` on one unchanging state of the index, whatever other processes write meanwhile. */
  read<Result>(work: () => Result): Result {
    return this.#depth > 0 ? work() : this.#transaction('BEGIN', work);
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#guard(() => this.#database.close());
  }

  #transaction<Result>(begin: string, work: () => Result): Result {
    if (this.#depth > 0) throw new TypeError('a transaction is open already');
    return this.#guard(() => {
      this.#open().exec(begin);
      this.#depth++;
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (thrown) {
        // SQLite rolls back by itself on some errors, such as a full disk.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw thrown;
      } finally {
        this.#depth--;
      }
    });
  }

  #prepare(sql: string): StatementSync {
    const database = this.#open();
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #open(): DatabaseSync {
    if (this.#database.isOpen) return this.#database;
    throw new StoreError(`The index ${this.path} was used after it was closed`, {
      code: 'STORE_CLOSED',
      hint: 'Open the index again.',
      details: { path: this.path },
    });
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      throw toStoreError(thrown, this.path);
    }
  }
}
