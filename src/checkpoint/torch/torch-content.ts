import type { StateDict } from '../state-dict.ts';

/** What a checkpoint file holds, whatever its container. */
export interface TorchContent {
  readonly stateDict: StateDict;
  /** Globals its pickle names, `module.name`, in order of first use. */
  readonly globals: readonly string[];
}
