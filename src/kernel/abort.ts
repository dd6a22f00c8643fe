/** Options shared by everything that can be cancelled. */
export interface AbortableOptions {
  /** Aborts the operation; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
