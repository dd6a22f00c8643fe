import { join, posix } from 'node:path';
import { openCheckpoint } from '../../checkpoint/open-checkpoint.ts';
import type { StateDict } from '../../checkpoint/state-dict.ts';
import type { ModelManifest } from '../manifest.ts';
import { ModelWeights } from './model-weights.ts';

/** All weights of a model, open until disposed. */
export interface OpenModelWeights extends AsyncDisposable {
  readonly weights: ModelWeights;
  /** That of the network, without the modules behind it. */
  readonly stateDict: StateDict;
}

/**
 * Opens the checkpoint of a network and those of the modules behind it.
 *
 * @param path - Checkpoint of the network.
 * @param options.verifyTensorCrc - Whether damage is looked for while tensors are read. @defaultValue false
 * @throws {@link CheckpointError}, or {@link ModelError} `MODEL_TENSOR_MISSING` or `MODEL_UNSUPPORTED`.
 */
export async function openModelWeights(
  manifest: Pick<ModelManifest, 'folder' | 'extraWeightFiles'>,
  path: string,
  options: { readonly verifyTensorCrc?: boolean | undefined } = {},
): Promise<OpenModelWeights> {
  await using opened = new AsyncDisposableStack();
  const { stateDict } = opened.use(await openCheckpoint(path, options));
  const modules = new Map<string, StateDict>();
  for (const file of manifest.extraWeightFiles) {
    const module = opened.use(await openCheckpoint(join(manifest.folder, file), options));
    modules.set(posix.dirname(file), module.stateDict);
  }
  const weights = new ModelWeights(stateDict, modules);
  const kept = opened.move();
  return { weights, stateDict, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
