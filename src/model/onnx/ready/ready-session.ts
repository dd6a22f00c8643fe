import { readFile } from 'node:fs/promises';
import { widenFloat16 } from '../../../tensor/half-precision.ts';
import type { OrtModule, OrtOutput, OrtSession, RuntimeName } from '../ort-module.ts';
import type { GraphInput } from '../../onnx-file/graph-interface.ts';
import { normalizeRow, poolTokens } from './pool-tokens.ts';
import type { ReadyPlan } from './ready-plan.ts';

/** Loads a ready graph. By path its weights are mapped; WebAssembly gets them as bytes. */
export async function loadReadyGraph(
  ort: OrtModule,
  name: RuntimeName,
  { modelPath, plan, options }: { modelPath: string; plan: ReadyPlan; options: Readonly<Record<string, unknown>> },
): Promise<OrtSession> {
  if (name === 'onnxruntime-node') return await ort.InferenceSession.create(modelPath, options);
  const externalData = await Promise.all(
    plan.dataFiles.map(async ({ location, path }) => ({ path: location, data: await readFile(path) })),
  );
  return await ort.InferenceSession.create(await readFile(modelPath), { ...options, externalData });
}

/**
 * Runs a ready graph on one text and pools what it gives. Where modules follow, the row is what they get.
 *
 * @throws TypeError or RangeError when the graph gives something else than it says.
 */
export async function runReadyGraph(
  ort: OrtModule,
  session: OrtSession,
  { plan, ids }: { readonly plan: ReadyPlan; readonly ids: Int32Array },
): Promise<Float32Array> {
  const { inputs, output, fixedLength, dimensions } = plan;
  const length = fixedLength ?? ids.length;
  if (ids.length > length) throw new RangeError(`${ids.length} tokens, and the graph takes ${length}`);
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, feed(ort, input, ids, length)]));
  const given = (await session.run(feeds))[output.name];
  if (given === undefined) throw new TypeError(`the graph gave no ${output.name}`);
  const values = float32Of(given, output.name);
  const row =
    output.kind === 'tokens'
      ? poolTokens(tokensOf(given, values, ids.length), plan.poolings)
      : Float32Array.from(values);
  if (plan.hasModules) return row;
  if (row.length !== dimensions)
    throw new RangeError(`${output.name} has ${row.length} numbers instead of ${dimensions}`);
  if (!row.every(Number.isFinite)) throw new RangeError(`${output.name} of ${ids.length} tokens is not finite`);
  if (plan.normalize) normalizeRow(row);
  return row;
}

/** Token ids, or what stands for each token; what is left of a fixed length is padding that the mask hides. */
function feed(ort: OrtModule, { role, type }: GraphInput, ids: Int32Array, length: number): unknown {
  const values = new Int32Array(length);
  if (role === 'ids') values.set(ids);
  else if (role === 'mask') values.fill(1, 0, ids.length);
  const dims = [1, length];
  return type === 'int32'
    ? new ort.Tensor(type, values, dims)
    : new ort.Tensor(type, BigInt64Array.from(values, BigInt), dims);
}

/** float16 comes as numbers where the engine knows them, else as bits. */
function float32Of({ data }: OrtOutput, name: string): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return widenFloat16(data);
  if (data instanceof Float16Array) return Float32Array.from(data);
  throw new TypeError(`the graph gave no float ${name}`);
}

function tokensOf(
  { dims }: OrtOutput,
  values: Float32Array,
  count: number,
): { values: Float32Array; count: number; width: number } {
  const [batch, rows = 0, width = 0] = dims;
  if (dims.length !== 3 || batch !== 1 || rows < count) {
    throw new RangeError(`the graph gave rows of shape [${dims.join(', ')}] for ${count} tokens`);
  }
  return { values, count, width };
}
