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
  const modules = await openModules(opened, manifest, options);
  const weights = new ModelWeights(stateDict, modules);
  const kept = opened.move();
  return { weights, stateDict, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/**
 * As {@link openModelWeights}, without the network: for modules behind a graph that is run as it is.
 *
 * @throws {@link CheckpointError}.
 */
export async function openModuleWeights(
  manifest: Pick<ModelManifest, 'folder' | 'extraWeightFiles'>,
  options: OpenOptions = {},
): Promise<Pick<OpenModelWeights, 'weights'> & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const weights = new ModelWeights(null, await openModules(opened, manifest, options));
  const kept = opened.move();
  return { weights, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

interface OpenOptions {
  readonly verifyTensorCrc?: boolean | undefined;
}

async function openModules(
  opened: AsyncDisposableStack,
  { folder, extraWeightFiles }: Pick<ModelManifest, 'folder' | 'extraWeightFiles'>,
  options: OpenOptions,
): Promise<ReadonlyMap<string, StateDict>> {
  const modules = new Map<string, StateDict>();
  for (const file of extraWeightFiles) {
    const module = opened.use(await openCheckpoint(join(folder, file), options));
    modules.set(posix.dirname(file), module.stateDict);
  }
  return modules;
}
