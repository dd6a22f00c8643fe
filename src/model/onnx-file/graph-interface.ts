import { unsupportedOnnx } from './onnx-error.ts';
import type { OnnxModel, OnnxValue } from './onnx-model.ts';

/** What is fed into an input: token ids, ones for every token, or zeros for the segment of each. */
export type InputRole = 'ids' | 'mask' | 'segments';

/** An input of a graph that is fed. */
export interface GraphInput {
  readonly name: string;
  readonly role: InputRole;
  readonly type: 'int64' | 'int32';
}

/** How a text goes into a graph and comes out. */
export interface GraphInterface {
  readonly inputs: readonly GraphInput[];
  readonly output: {
    readonly name: string;
    /** One row a token, to be pooled, or the sentence embedding itself. */
    readonly kind: 'tokens' | 'sentence';
    /** Width of a row; null when the graph leaves it open. */
    readonly width: number | null;
  };
  /** The only sequence length the graph takes; null when it takes any. */
  readonly fixedLength: number | null;
}

/** Names that exporters give the inputs of a text encoder. */
const INPUT_ROLES: Readonly<Record<string, InputRole>> = {
  input_ids: 'ids',
  attention_mask: 'mask',
  token_type_ids: 'segments',
};
/** Outputs by preference: the first that is there is taken. The graph itself knows best how its tokens are pooled. */
const OUTPUTS: ReadonlyArray<readonly [name: string, kind: 'tokens' | 'sentence']> = [
  ['sentence_embedding', 'sentence'],
  ['last_hidden_state', 'tokens'],
  ['token_embeddings', 'tokens'],
  ['hidden_state', 'tokens'],
  ['pooler_output', 'sentence'],
];

/** A fixed length outside of these is no text: two special tokens and one more, up to the longest inputs there are (CWE-770). */
const FIXED_LENGTHS = { min: 3, max: 131_072 } as const;
/** Widest embedding (CWE-770). */
const MAX_WIDTH = 65_536;

/**
 * Finds out how a sentence encoder is fed and read.
 *
 * @throws {@link OnnxError} `ONNX_UNSUPPORTED` for inputs no plain text encoder has, and for outputs that are no embeddings.
 */
export function graphInterface(model: OnnxModel): GraphInterface {
  const inputs = model.inputs.map((input) => graphInput(model, input));
  if (!inputs.some(({ role }) => role === 'ids')) {
    throw unsupported(model, 'has no input named input_ids', 'input_ids');
  }
  const lengths = model.inputs.map(({ dims }) => dims?.[1]).filter((size) => typeof size === 'number');
  const output = graphOutput(model);
  const fixedLength = lengths[0] ?? null;
  if (fixedLength !== null && (fixedLength < FIXED_LENGTHS.min || fixedLength > FIXED_LENGTHS.max)) {
    throw unsupported(model, `takes exactly ${fixedLength} tokens`, 'fixed length');
  }
  if (fixedLength !== null && output.kind === 'sentence' && !inputs.some(({ role }) => role === 'mask')) {
    throw unsupported(model, `takes exactly ${fixedLength} tokens and no attention_mask`, 'fixed length');
  }
  return { inputs, output, fixedLength };
}

function graphInput(model: OnnxModel, { name, type, dims }: OnnxValue): GraphInput {
  const role = Object.hasOwn(INPUT_ROLES, name) ? INPUT_ROLES[name] : undefined;
  if (role === undefined) throw unsupported(model, `has the input ${JSON.stringify(name)}`, `input ${name}`);
  if (type !== 'int64' && type !== 'int32') {
    throw unsupported(model, `takes ${name} as ${type ?? 'no tensor'}`, `${name} of type ${type ?? 'none'}`);
  }
  const batch = dims?.[0];
  if (dims?.length !== 2 || (typeof batch === 'number' && batch !== 1)) {
    throw unsupported(model, `takes ${name} of shape [${dims?.join(', ') ?? '?'}]`, `shape of ${name}`);
  }
  return { name, role, type };
}

function graphOutput(model: OnnxModel): GraphInterface['output'] {
  const named = OUTPUTS.flatMap(([name, kind]) => {
    const value = model.outputs.find((output) => output.name === name);
    return value === undefined ? [] : [{ value, kind }];
  });
  const [only, ...more] = model.outputs;
  // An exporter that gave its only output a name of its own: its rank tells what it is.
  const guessed =
    only !== undefined && more.length === 0 && !/logits|score|prob/i.test(only.name)
      ? [{ value: only, kind: only.dims?.length === 2 ? ('sentence' as const) : ('tokens' as const) }]
      : [];
  const [output] = [...named, ...guessed];
  const outputs = model.outputs.map(({ name }) => name).join(', ');
  if (output === undefined) throw unsupported(model, `gives ${outputs} and no embeddings`, `outputs ${outputs}`);
  const { value, kind } = output;
  const rank = kind === 'tokens' ? 3 : 2;
  const width = value.dims?.at(-1);
  const fits = value.dims === null || (value.dims.length === rank && !(typeof width === 'number' && width > MAX_WIDTH));
  if ((value.type !== 'float32' && value.type !== 'float16') || !fits) {
    const shape = `${value.type ?? 'no tensor'} [${value.dims?.join(', ') ?? '?'}]`;
    throw unsupported(model, `gives ${value.name} as ${shape}`, `output ${value.name}`);
  }
  return { name: value.name, kind, width: typeof width === 'number' && width > 0 ? width : null };
}

function unsupported(model: OnnxModel, problem: string, feature: string): Error {
  return unsupportedOnnx(
    model.path,
    problem,
    feature,
    'Use a graph exported for feature-extraction, with input_ids and attention_mask in and last_hidden_state out.',
  );
}
