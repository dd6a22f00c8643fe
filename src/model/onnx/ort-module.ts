/** Packages that can run the graph, by preference: native first, WebAssembly where that is missing. */
export const RUNTIMES = ['onnxruntime-node', 'onnxruntime-web'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/** Element types of the tensors that are fed. */
export type FeedType = 'int32' | 'int64' | 'uint8' | 'float32';

/** The part of onnxruntime-common's interface used here; both packages have it. */
export interface OrtModule {
  readonly env: { readonly wasm: { numThreads?: number | undefined } };
  readonly Tensor: new (
    type: FeedType,
    data: Int32Array | BigInt64Array | Uint8Array | Float32Array,
    dims: readonly number[],
  ) => unknown;
  readonly InferenceSession: {
    create(model: string | Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OrtSession>;
  };
  /** Only onnxruntime-node has it. */
  readonly listSupportedBackends?: (() => ReadonlyArray<{ readonly name: string }>) | undefined;
}

/** What a graph gives under one of its output names. */
export interface OrtOutput {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A graph loaded by the runtime. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, OrtOutput>>>;
  release(): Promise<void>;
}

/** One thread a session: worker threads bring the parallelism, and two of them beat one session with two threads. */
export const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
} as const;

/**
 * Loads a runtime package.
 *
 * @throws whatever importing it throws, or a TypeError when it is another package than expected.
 */
export async function importRuntime(name: RuntimeName): Promise<OrtModule> {
  // Literal specifiers: the package check and bundlers see them.
  const module: unknown =
    name === 'onnxruntime-node' ? await import('onnxruntime-node') : await import('onnxruntime-web');
  if (!isOrtModule(module)) throw new TypeError('it does not export InferenceSession and Tensor');
  // More threads would need workers of its own inside ours.
  if (name === 'onnxruntime-web') module.env.wasm.numThreads = 1;
  return module;
}

function isOrtModule(module: unknown): module is OrtModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'InferenceSession' in module &&
    'Tensor' in module &&
    'env' in module
  );
}
