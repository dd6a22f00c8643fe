import type { CheckpointError } from './checkpoint-error.ts';
import type { StateDictBuilder } from './state-dict-builder.ts';
import type { CheckpointFormat } from './state-dict.ts';

/** Whether an entry of a file belongs to the checkpoint: of a sharded one, each file gives its own. */
export type AcceptsEntry = (name: string) => boolean;

/** One file with tensors whose index is read: a whole checkpoint, or a shard of one. */
export interface CheckpointFile {
  readonly format: CheckpointFormat;
  /** Globals its pickle names, `module.name`, in order of first use. */
  readonly globals: readonly string[];
  /** Whether it has an entry of that name, as the file spells it (`X._packed_params._packed_params`). */
  hasEntry(name: string): boolean;
  /**
   * Adds its entries to a state dict.
   *
   * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED`, `CHECKPOINT_UNSUPPORTED`, `CHECKPOINT_LIMIT_EXCEEDED`,
   * `CHECKPOINT_INVALID_QUANTIZATION`.
   */
  addTo(builder: StateDictBuilder, accepts: AcceptsEntry): Promise<void>;
  /** The error for a file out of which no tensor came. */
  withoutTensors(): CheckpointError;
}
