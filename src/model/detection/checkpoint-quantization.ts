import type { StateDict } from '../../checkpoint/state-dict.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** What the weights of a model show. */
export interface WeightsQuantization {
  /** How they are quantized, such as `pytorch-dynamic-int8`; null when they are not. */
  readonly method: string | null;
  /** What was seen. */
  readonly detail: string;
}

/** How tools for quantization name the parts of a packed weight; the first whose names are all there is taken. */
const PACKED_NAMES: ReadonlyArray<readonly [method: string, suffixes: readonly string[]]> = [
  ['gptq', ['.qweight', '.qzeros', '.scales', '.g_idx']],
  ['awq', ['.qweight', '.qzeros', '.scales']],
  ['bitsandbytes-4bit', ['.weight.absmax', '.weight.quant_map']],
  ['bitsandbytes-int8', ['.weight', '.SCB']],
  ['bitsandbytes-int8', ['.weight', '.weight_format']],
  ['compressed-tensors', ['.weight_packed', '.weight_scale']],
  ['compressed-tensors', ['.weight', '.weight_scale']],
  ['quanto', ['.weight._data', '.weight._scale']],
  ['hqq', ['.W_q', '.scale', '.zero']],
];
/** Integers that are no weights: positions, segments, and masks, which GPT-2 keeps as uint8 `attn.bias`. */
const NO_WEIGHT = /(?:^|[._])(?:\w*mask\w*|position_ids|token_type_ids|bias|g_idx|perm\w*|num_batches_tracked)$/;
/** Least share of the bytes that integer tensors need to be weights when their names do not say so. */
const MIN_SHARE = 0.25;

/** Types of floats with 8 bits or less, as safetensors and torch name them; none of them is read here. */
const SMALL_FLOAT = /^F[468]_?|float[48]/i;
/** How a state dict says that it left out a tensor. */
const UNREADABLE = /^tensor of unsupported type (.+)$/;

/** Counts the tensors that are left out because of their type, by type. */
export function unreadableTensors({ ignoredEntries }: StateDict): ReadonlyMap<string, number> {
  const types = [...ignoredEntries.values()].flatMap((what) => UNREADABLE.exec(what)?.[1] ?? []);
  return new Map([...Map.groupBy(types, (type) => type)].map(([type, { length }]) => [type, length]));
}

/** Tells from the index of a checkpoint whether its weights are quantized, and by whom. */
export function checkpointQuantization(stateDict: StateDict, globals: readonly string[]): WeightsQuantization {
  const tensors = [...stateDict.tensors.values()];
  const quantized = tensors.filter(({ quantization }) => quantization !== null);
  if (quantized.length > 0) {
    const named = globals.filter((name) => /rebuild_qtensor|affine|quantized/.test(name));
    const seen = named.length === 0 ? '' : `; pickle names ${named.join(', ')}`;
    const dynamic = [...stateDict.dynamicLinears.keys()].some(
      (module) => (stateDict.tensors.get(`${module}.weight`)?.quantization ?? null) !== null,
    );
    const embeddings = quantized.every(({ name }) => stateDict.quantizedEmbeddings.has(name.replace(/\.weight$/, '')));
    const kind = dynamic ? 'dynamic-int8' : embeddings ? 'quantized-embeddings' : 'quantized-tensors';
    return { method: `pytorch-${kind}`, detail: `${countsOf(quantized)}${seen}` };
  }
  const integers = tensors.filter(isIntegerWeight);
  const packed = packedBy(new Set(stateDict.tensors.keys()), integers.length > 0);
  if (packed !== null) return packed;
  const small = [...unreadableTensors(stateDict)].filter(([type]) => SMALL_FLOAT.test(type));
  if (small.length > 0) {
    const counts = small.map(([type, count]) => `${count} ${type} ${count === 1 ? 'tensor' : 'tensors'}`);
    return { method: 'small-floats', detail: counts.join(', ') };
  }
  const byName = integers.filter(({ name }) => /(?:^|[._])q?weight(?:_\w+)?$/.test(name));
  if (byName.length > 0 || (integers.length > 0 && bytesOf(integers) > MIN_SHARE * bytesOf(tensors))) {
    return { method: 'integer-tensors', detail: countsOf(byName.length > 0 ? byName : integers) };
  }
  const dtypes = [...new Set(tensors.filter((tensor) => !isBuffer(tensor)).map(({ dtype }) => dtype))];
  // Packed by torch with float16 weights: what is stored is float, what was lost is lost.
  const rounded = [...stateDict.dynamicLinears.values()].filter(({ activationRange }) => activationRange === 'none');
  const lost = rounded.length === 0 ? '' : `; ${rounded.length} Linears were rounded to float16`;
  return { method: null, detail: dtypes.length === 0 ? 'no weights' : `all weights are ${dtypes.join(', ')}${lost}` };
}

/** The dtype most bytes of the weights are stored in; null when there are none. */
export function dominantDtype(tensors: readonly Tensor[]): string | null {
  const groups = Map.groupBy(
    tensors.filter((tensor) => !isBuffer(tensor)),
    ({ dtype }) => dtype,
  );
  const [first] = [...groups].toSorted(([, left], [, right]) => bytesOf(right) - bytesOf(left));
  return first?.[0] ?? null;
}

function packedBy(names: ReadonlySet<string>, hasIntegers: boolean): WeightsQuantization | null {
  for (const [method, suffixes] of PACKED_NAMES) {
    // Scales beside float weights are also what models trained with LayerScale have.
    if (suffixes.includes('.weight') && !hasIntegers) continue;
    const last = suffixes.at(-1) ?? '';
    const modules = [...names].filter((name) => name.endsWith(last)).map((name) => name.slice(0, -last.length));
    const whole = modules.filter((module) => suffixes.every((suffix) => names.has(`${module}${suffix}`)));
    const [example] = whole;
    if (example === undefined) continue;
    const parts = suffixes.map((suffix) => suffix.slice(1)).join(', ');
    return { method, detail: `${whole.length} layers are packed as ${parts}, such as ${example}` };
  }
  return null;
}

function isIntegerWeight({ name, dtype, shape }: Tensor): boolean {
  return (
    (dtype === 'int8' || dtype === 'uint8') && !NO_WEIGHT.test(name) && (shape.length === 2 || name.endsWith('weight'))
  );
}

/** Counters and ids, which are stored as whole numbers in every model. */
function isBuffer({ name, dtype }: Tensor): boolean {
  return dtype === 'int64' || dtype === 'bool' || NO_WEIGHT.test(name);
}

function bytesOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { extent }) => sum + extent.byteLength, 0);
}

function countsOf(tensors: readonly Tensor[]): string {
  const groups = Map.groupBy(tensors, ({ dtype, quantization }) => {
    const scheme = quantization === null ? '' : ` ${quantization.granularity}`;
    return `${dtype}${scheme}`;
  });
  return [...groups].map(([kind, { length }]) => `${length} ${kind} ${length === 1 ? 'tensor' : 'tensors'}`).join(', ');
}
