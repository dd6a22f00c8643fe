import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorMessage } from '../../kernel/errors.ts';
import { ModelError } from '../model-error.ts';
import { INPUT_NAME, OUTPUT_NAME, POOLED_INPUT, WORD_ROWS_FILE, WORD_ROWS_INPUT } from './compiled-model.ts';
import { DEFAULT_DEVICE, devicesOf, openDevice, type Device } from './execution-device.ts';
import { OnnxGraph } from './onnx-graph.ts';
import {
  importRuntime,
  RUNTIMES,
  SESSION_OPTIONS,
  type OrtModule,
  type OrtOutput,
  type OrtSession,
  type RuntimeName,
} from './ort-module.ts';
import type { ReadyPlan } from './ready/ready-plan.ts';
import { loadReadyGraph, runReadyGraph } from './ready/ready-session.ts';
import { WordRows } from './word-rows.ts';

export { RUNTIMES, type RuntimeName };

/** One loaded model, run by one thread. */
export interface EncodeSession {
  /**
   * @param ids - Token ids of one text, special tokens included; at least one.
   * @returns the sentence embedding, a fresh array.
   * @throws {@link ModelError} `MODEL_RUNTIME_FAILED`.
   */
  run(ids: Int32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/** A loaded runtime package. */
export interface OnnxRuntime {
  readonly name: RuntimeName;
  /** Why this one serves; for `doctor` and the log. */
  readonly reason: string;
  /** What it was built for, such as `cpu` and `cuda`; whether the machine has it shows when it is used. */
  readonly devices: readonly string[];
  /**
   * @throws {@link ModelError} `MODEL_RUNTIME_FAILED` when the graph is refused, `MODEL_DEVICE_UNAVAILABLE` when the
   * device is: no other takes its place.
   */
  createSession(modelPath: string, options?: CreateSessionOptions): Promise<EncodeSession>;
}

export interface CreateSessionOptions {
  /** @defaultValue `cpu` */
  readonly device?: Device | undefined;
  /** How to run a graph that was not compiled here. @defaultValue null: it was */
  readonly ready?: ReadyPlan | null | undefined;
  /** Which output of a compiled graph {@link EncodeSession.run} gives, a float32 one. @defaultValue the sentence embedding */
  readonly output?: string | undefined;
}

/** Makes ONNX Runtime compute uint8 by int8 products with exact kernels, at half the speed of those that may saturate. */
const EXACT_PRODUCTS = { extra: { session: { x64quantprecision: '1' } } } as const;

/**
 * Loads the first runtime package that can be loaded.
 *
 * @param preferred - Only this one.
 * @throws {@link ModelError} `MODEL_RUNTIME_MISSING`.
 */
export async function loadRuntime(preferred?: RuntimeName): Promise<OnnxRuntime> {
  const reasons: string[] = [];
  for (const name of preferred === undefined ? RUNTIMES : [preferred]) {
    try {
      const ort = await importRuntime(name);
      const why =
        reasons.length === 0 ? (preferred === undefined ? 'it is installed' : 'it was asked for') : reasons.join('; ');
      return {
        name,
        reason: why,
        devices: devicesOf(ort, name),
        createSession: (modelPath, options = {}) => createSession(ort, name, modelPath, options),
      };
    } catch (cause) {
      reasons.push(`${name} cannot be loaded: ${errorMessage(cause)}`);
    }
  }
  throw new ModelError(`no ONNX runtime can be loaded: ${reasons.join('; ')}`, {
    code: 'MODEL_RUNTIME_MISSING',
    hint: 'Run "npm install onnxruntime-node" (with --ignore-scripts where there is no network) or "npm install onnxruntime-web".',
    details: { reasons },
  });
}

async function createSession(
  ort: OrtModule,
  name: RuntimeName,
  modelPath: string,
  { device = DEFAULT_DEVICE, ready = null, output = OUTPUT_NAME }: CreateSessionOptions,
): Promise<EncodeSession> {
  const deviceOptions = await openDevice(ort, name, device);
  const onCpu = Object.keys(deviceOptions).length === 0;
  const exactProducts = onCpu && (await saturates(ort)) ? EXACT_PRODUCTS : {};
  const options = { ...SESSION_OPTIONS, ...deviceOptions, ...exactProducts };
  if (ready !== null) {
    return await createReadySession(ort, name, { modelPath, ready, options });
  }
  const session = await loadCompiledGraph(ort, name, { modelPath, options });
  const words = await wrapFailure(modelPath, async () =>
    session.inputNames.includes(WORD_ROWS_INPUT) ? WordRows.open(join(dirname(modelPath), WORD_ROWS_FILE)) : null,
  );
  const takesIds = session.inputNames.includes(INPUT_NAME);
  const feeds = (ids: Int32Array): Readonly<Record<string, unknown>> => ({
    ...(takesIds ? { [INPUT_NAME]: new ort.Tensor('int32', ids, [1, ids.length]) } : {}),
    ...(words === null
      ? {}
      : { [WORD_ROWS_INPUT]: new ort.Tensor('float32', words.gather(ids), [1, ids.length, words.width]) }),
  });
  return {
    run: (ids) => wrapFailure(modelPath, async () => embeddingOf(await session.run(feeds(ids)), output, ids.length)),
    async release() {
      words?.close();
      await session.release();
    },
  };
}

interface GraphToLoad {
  readonly modelPath: string;
  readonly options: Readonly<Record<string, unknown>>;
}

function loadCompiledGraph(
  ort: OrtModule,
  name: RuntimeName,
  { modelPath, options }: GraphToLoad,
): Promise<OrtSession> {
  return wrapFailure(modelPath, async () =>
    name === 'onnxruntime-node'
      ? // By path the weights are mapped; as a buffer they would be copied, five times the memory.
        await ort.InferenceSession.create(modelPath, options)
      : await ort.InferenceSession.create(await readFile(modelPath), {
          ...options,
          externalData: [{ path: `${basename(modelPath)}.data`, data: await readFile(`${modelPath}.data`) }],
        }),
  );
}

/** A graph that was not compiled here, and the modules behind its pooling, which were. */
async function createReadySession(
  ort: OrtModule,
  name: RuntimeName,
  { modelPath, ready, options }: GraphToLoad & { readonly ready: ReadyPlan },
): Promise<EncodeSession> {
  const { modulesPath } = ready;
  const network = await wrapFailure(modelPath, () => loadReadyGraph(ort, name, { modelPath, plan: ready, options }));
  const modules =
    modulesPath === undefined ? null : await loadCompiledGraph(ort, name, { modelPath: modulesPath, options });
  return {
    run: (ids) =>
      wrapFailure(modelPath, async () => {
        const row = await runReadyGraph(ort, network, { plan: ready, ids });
        if (modules === null) return row;
        const pooled = new ort.Tensor('float32', row, [1, row.length]);
        return embeddingOf(await modules.run({ [POOLED_INPUT]: pooled }), OUTPUT_NAME, ids.length);
      }),
    async release() {
      await modules?.release();
      await network.release();
    },
  };
}

function embeddingOf(outputs: Readonly<Record<string, OrtOutput>>, name: string, tokenCount: number): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`the graph gave no float32 ${name}`);
  if (!data.every(Number.isFinite)) throw new RangeError(`${name} of ${tokenCount} tokens is not finite`);
  return data;
}

/**
 * Whether uint8 by int8 products lose their upper bits here: x64 CPUs without VNNI add pairs of them in 16 bits
 * (`vpmaddubsw`). Asked of the runtime itself with the largest values, because no CPU flag tells on every system.
 */
async function saturates(ort: OrtModule): Promise<boolean> {
  const [rows, depth, columns] = [8, 64, 16];
  const graph = new OnnxGraph('saturation_probe');
  const left = graph.input('left', 'uint8', [rows, depth]);
  const right = graph.initializer('right', 'int8', [depth, columns], new Uint8Array(depth * columns).fill(127));
  const name = 'product';
  graph.output(graph.node('MatMulInteger', [left, right]), name, 'int32', [rows, columns]);
  const { model } = graph.serialize(null);
  const session = await wrapFailure('the saturation probe', () => ort.InferenceSession.create(model, SESSION_OPTIONS));
  const feeds = { left: new ort.Tensor('uint8', new Uint8Array(rows * depth).fill(255), [rows, depth]) };
  const outputs = await wrapFailure('the saturation probe', () => session.run(feeds));
  await session.release();
  const data = outputs[name]?.data;
  return !(data instanceof Int32Array) || data.some((sum) => sum !== depth * 255 * 127);
}

async function wrapFailure<Result>(modelPath: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new ModelError(`ONNX Runtime failed on ${modelPath}: ${errorMessage(cause)}`, {
      code: 'MODEL_RUNTIME_FAILED',
      hint: 'Name another model with --model, and report this with what "codegraphai doctor" says.',
      details: { modelPath },
      cause,
    });
  }
}
