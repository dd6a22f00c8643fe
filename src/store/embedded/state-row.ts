import { REBUILD_HINT, StoreError } from '../store-error.ts';
import type { Connection } from './connection.ts';

/** The one row of `state`: what tells a reader whether what it remembers is still so. */
export interface IndexState {
  /** Grows with every transaction that changes the index. */
  readonly revision: number;
  /** Revision at which every vector was last forgotten. */
  readonly vectorEpoch: number;
  /** Of every vector; 0 while there is none. */
  readonly dimensions: number;
}

/** Most dimensions a vector can have. */
export const MAX_DIMENSIONS = 4096;

/** @throws {@link StoreError} `STORE_DAMAGED` when the row is missing or makes no sense. */
export function readState(connection: Connection): IndexState {
  const state = connection.get<IndexState>(
    'SELECT revision, vector_epoch AS vectorEpoch, dimensions FROM state WHERE id = 1',
  );
  if (state !== undefined && state.dimensions >= 0 && state.dimensions <= MAX_DIMENSIONS) return state;
  throw new StoreError(`The index ${connection.path} has lost its state`, {
    code: 'STORE_DAMAGED',
    hint: REBUILD_HINT,
    details: { path: connection.path },
  });
}

/** Counts one more change; returns the new revision. */
export function nextRevision(connection: Connection): number {
  connection.run('UPDATE state SET revision = revision + 1 WHERE id = 1');
  return readState(connection).revision;
}

/** Sets the length of the vectors to come. */
export function setDimensions(connection: Connection, dimensions: number): void {
  connection.run('UPDATE state SET dimensions = ? WHERE id = 1', dimensions);
}

/** Notes that every vector was forgotten. */
export function startVectorEpoch(connection: Connection): void {
  connection.run('UPDATE state SET vector_epoch = revision, dimensions = 0 WHERE id = 1');
}
