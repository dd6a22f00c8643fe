import { relative } from 'node:path';
import type { ModelManifest } from '../../manifest.ts';
import { ModelError } from '../../model-error.ts';
import type { Pooling } from '../../sentence-pipeline.ts';
import { graphInterface, type GraphInterface } from '../../onnx-file/graph-interface.ts';
import type { OnnxModel } from '../../onnx-file/onnx-model.ts';

/** How a ready graph is run, as plain data: it goes to the encode workers. */
export interface ReadyPlan extends GraphInterface {
  /** Applied to rows of tokens, in this order. */
  readonly poolings: readonly Pooling[];
  /** Whether rows are normalized behind the pooling; the graph of the modules does it where there is one. */
  readonly normalize: boolean;
  /** Whether Dense or other modules follow the pooling: {@link modulesPath} is needed then. */
  readonly hasModules: boolean;
  /** Graph of the modules, once it is compiled. */
  readonly modulesPath?: string | undefined;
  /** Width of the sentence embedding. */
  readonly dimensions: number;
  /** Data files: as the graph names them, and where they are. */
  readonly dataFiles: ReadonlyArray<{ readonly location: string; readonly path: string }>;
}

/**
 * Plans how a graph is fed, and what is done with what it gives.
 *
 * @throws {@link OnnxError} `ONNX_UNSUPPORTED` for a graph that is no sentence encoder, {@link ModelError}
 * `MODEL_SHAPE_MISMATCH` when the widths of graph and configuration differ.
 */
export function planReady(model: OnnxModel, manifest: ModelManifest): ReadyPlan {
  const found = graphInterface(model);
  const { output } = found;
  const poolings = [manifest.pooling, ...manifest.extraPoolings];
  const hasModules = output.kind === 'tokens' && manifest.modules.length > 0;
  const width = output.kind === 'tokens' ? manifest.hiddenSize : manifest.dimensions;
  if (output.width !== null && output.width !== width) {
    throw new ModelError(`${model.path} gives ${output.name} of width ${output.width}, the model has ${width}`, {
      code: 'MODEL_SHAPE_MISMATCH',
      hint: 'Get the model again: its graph and its configuration belong to different models.',
      details: { tensor: output.name, expected: width, actual: output.width },
    });
  }
  return {
    ...found,
    poolings,
    normalize: manifest.normalize && !hasModules,
    hasModules,
    dimensions: manifest.dimensions,
    dataFiles: model.dataFiles.map((path) => ({ location: locationOf(model.path, path), path })),
  };
}

function locationOf(graph: string, path: string): string {
  return relative(graph, path).split(/[/\\]/).slice(1).join('/');
}
