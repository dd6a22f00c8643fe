import { elementType, tensorBytes, type ElementType } from './element-types.ts';
import { INTEGER_OPERATORS } from './integer-operators.ts';
import { malformedOnnx, onnxLimitExceeded, unsupportedOnnx } from './onnx-error.ts';
import type { ExternalPart, OnnxConstant, OnnxValue } from './onnx-model.ts';
import type { ByteRange, ProtobufField, ProtobufFields } from './protobuf-fields.ts';

/** Graphs within graphs (CWE-674); real ones stay at 2. */
const MAX_NESTING = 8;
/** Dimensions of one tensor (CWE-770). */
const MAX_RANK = 32;
/** TensorProto.DataLocation.EXTERNAL. */
const EXTERNAL_LOCATION = 1;

/** What is gathered while a graph and its subgraphs are walked. */
export class GraphContent {
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly external: ExternalPart[] = [];
  /** By name, those of other domains as `domain.Operator`. */
  readonly operators: Map<string, number> = new Map();
  /** Inputs of operators that multiply in integers. */
  readonly integerFactors: Set<string> = new Set();
  /** Operators the file defines itself, as `domain.Operator`. */
  readonly ownOperators: Set<string> = new Set();
}

/**
 * Reads a GraphProto (node 1, initializer 5, input 11, output 12, sparse_initializer 15).
 *
 * @param depth - 0 for the model's own graph; only its inputs and outputs are kept.
 */
export async function readGraph(
  reader: ProtobufFields,
  graph: ByteRange,
  content: GraphContent,
  depth = 0,
): Promise<void> {
  if (depth > MAX_NESTING) throw onnxLimitExceeded(reader.path, `graphs are nested ${depth} deep`, MAX_NESTING);
  for await (const field of reader.fields(graph)) {
    if (field.isVarint) continue;
    if (field.number === 1) await readNode(reader, field, content, depth);
    else if (field.number === 5) await readTensor(reader, field, content);
    else if (field.number === 15) await readSparseTensor(reader, field, content);
    else if (depth > 0) continue;
    else if (field.number === 11) content.inputs.push(await readValue(reader, field));
    else if (field.number === 12) content.outputs.push(await readValue(reader, field));
  }
}

/** FunctionProto: name 1, node 7, domain 10. */
export async function readFunction(reader: ProtobufFields, range: ByteRange, content: GraphContent): Promise<void> {
  let [name, domain] = ['', ''];
  for await (const field of reader.fields(range)) {
    if (field.isVarint) continue;
    if (field.number === 1) name = await reader.text(field);
    else if (field.number === 10) domain = await reader.text(field);
    else if (field.number === 7) await readNode(reader, field, content, 1);
  }
  content.ownOperators.add(operatorName(domain, name));
}

/** NodeProto: input 1, op_type 4, attribute 5, domain 7. */
async function readNode(reader: ProtobufFields, node: ByteRange, content: GraphContent, depth: number): Promise<void> {
  const inputs: string[] = [];
  let [operator, domain] = ['', ''];
  for await (const field of reader.fields(node)) {
    if (field.isVarint) continue;
    if (field.number === 1) inputs.push(await reader.text(field));
    if (field.number === 4) operator = await reader.text(field);
    else if (field.number === 7) domain = await reader.text(field);
    else if (field.number === 5) await readAttribute(reader, field, content, depth);
  }
  if (operator === '') throw malformedOnnx(reader.path, 'a node without an operator', node.start);
  const name = operatorName(domain, operator);
  content.operators.set(name, (content.operators.get(name) ?? 0) + 1);
  if (INTEGER_OPERATORS.has(name)) for (const input of inputs) content.integerFactors.add(input);
}

function operatorName(domain: string, operator: string): string {
  return domain === '' || domain === 'ai.onnx' ? operator : `${domain}.${operator}`;
}

/** AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse_tensor 22, sparse_tensors 23. */
async function readAttribute(
  reader: ProtobufFields,
  attribute: ByteRange,
  content: GraphContent,
  depth: number,
): Promise<void> {
  for await (const field of reader.fields(attribute)) {
    if (field.isVarint) continue;
    if (field.number === 5 || field.number === 10) await readTensor(reader, field, content);
    else if (field.number === 6 || field.number === 11) await readGraph(reader, field, content, depth + 1);
    else if (field.number === 22 || field.number === 23) await readSparseTensor(reader, field, content);
  }
}

/** SparseTensorProto: values 1, indices 2. */
async function readSparseTensor(reader: ProtobufFields, range: ByteRange, content: GraphContent): Promise<void> {
  for await (const field of reader.fields(range)) {
    if (!field.isVarint && (field.number === 1 || field.number === 2)) await readTensor(reader, field, content);
  }
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9, external_data 13, data_location 14. */
async function readTensor(reader: ProtobufFields, range: ByteRange, content: GraphContent): Promise<void> {
  const dims: number[] = [];
  const external = new Map<string, string>();
  let [name, typeNumber, isExternal] = ['', 0, false];
  let rawBytes: number | null = null;
  for await (const field of reader.fields(range)) {
    if (field.number === 1) dims.push(...(await reader.numbers(field, MAX_RANK)));
    else if (field.isVarint && field.number === 2) typeNumber = field.value;
    else if (field.isVarint && field.number === 14) isExternal = field.value === EXTERNAL_LOCATION;
    else if (field.isVarint) continue;
    else if (field.number === 8) name = await reader.text(field);
    else if (field.number === 9) rawBytes = field.end - field.start;
    else if (field.number === 13) external.set(...(await readEntry(reader, field)));
    if (dims.length > MAX_RANK) throw onnxLimitExceeded(reader.path, `a tensor has ${dims.length} sizes`, MAX_RANK);
  }
  const type = elementType(typeNumber);
  if (type === null) {
    const problem = `has the tensor ${JSON.stringify(name)} of the unknown type ${typeNumber}`;
    throw unsupportedOnnx(reader.path, problem, `type ${typeNumber}`, 'Export the model again with float32 weights.');
  }
  const byteLength = sizeOf(reader, { name, type, dims }, range);
  // Also where the tensor itself denies it: a parser merges parts of one tensor that this reader sees one by one (CWE-436).
  if (isExternal || external.size > 0) content.external.push(externalPart(reader, { name, byteLength }, external));
  else if (rawBytes !== null && byteLength !== null && rawBytes !== byteLength) {
    const problem = `the tensor ${JSON.stringify(name)} has ${rawBytes} bytes instead of ${byteLength}`;
    throw malformedOnnx(reader.path, problem, range.start);
  }
  content.constants.push({ name, type, dims, byteLength });
}

function sizeOf(
  reader: ProtobufFields,
  { name, type, dims }: { name: string; type: ElementType; dims: readonly number[] },
  range: ByteRange,
): number | null {
  const count = dims.reduce((product, size) => product * size, 1);
  if (Number.isSafeInteger(count) && Number.isSafeInteger(count * 16)) return tensorBytes(type, count);
  throw malformedOnnx(reader.path, `the tensor ${JSON.stringify(name)} has sizes ${dims.join('×')}`, range.start);
}

function externalPart(
  reader: ProtobufFields,
  { name, byteLength }: { name: string; byteLength: number | null },
  entries: ReadonlyMap<string, string>,
): ExternalPart {
  const location = entries.get('location');
  if (location === undefined) throw malformedOnnx(reader.path, `the tensor ${JSON.stringify(name)} has no location`);
  const number = (key: string): number | null => {
    const text = entries.get(key);
    if (text === undefined) return null;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw malformedOnnx(reader.path, `the ${key} of tensor ${JSON.stringify(name)} is ${JSON.stringify(text)}`);
  };
  const [byteOffset, length] = [number('offset') ?? 0, number('length') ?? byteLength];
  if (length !== null && byteLength !== null && length !== byteLength) {
    const problem = `the tensor ${JSON.stringify(name)} has ${length} bytes outside instead of ${byteLength}`;
    throw malformedOnnx(reader.path, problem);
  }
  return { tensor: name, location, byteOffset, byteLength: length };
}

/** StringStringEntryProto: key 1, value 2. */
async function readEntry(reader: ProtobufFields, range: ByteRange): Promise<[key: string, value: string]> {
  let [key, value] = ['', ''];
  for await (const field of reader.fields(range)) {
    if (field.isVarint) continue;
    if (field.number === 1) key = await reader.text(field);
    else if (field.number === 2) value = await reader.text(field);
  }
  return [key, value];
}

/** ValueInfoProto: name 1, type 2 (TypeProto: tensor_type 1). */
async function readValue(reader: ProtobufFields, range: ByteRange): Promise<OnnxValue> {
  let value: OnnxValue = { name: '', type: null, dims: null };
  for await (const field of reader.fields(range)) {
    if (field.isVarint) continue;
    if (field.number === 1) value = { ...value, name: await reader.text(field) };
    else if (field.number === 2) {
      for await (const kind of reader.fields(field)) {
        if (kind.number === 1 && !kind.isVarint) value = { ...value, ...(await readTensorType(reader, kind)) };
      }
    }
  }
  return value;
}

/** TypeProto.Tensor: elem_type 1, shape 2 (TensorShapeProto: dim 1). */
async function readTensorType(reader: ProtobufFields, range: ByteRange): Promise<Pick<OnnxValue, 'type' | 'dims'>> {
  let type: ElementType | null = null;
  let dims: Array<number | string | null> | null = null;
  for await (const field of reader.fields(range)) {
    if (field.number === 1 && field.isVarint) type = elementType(field.value);
    else if (field.number === 2 && !field.isVarint) {
      dims = [];
      for await (const dim of reader.fields(field)) {
        if (dim.number === 1 && !dim.isVarint) dims.push(await readDimension(reader, dim));
        if (dims.length > MAX_RANK) throw onnxLimitExceeded(reader.path, `a value has ${dims.length} sizes`, MAX_RANK);
      }
    }
  }
  return { type, dims };
}

/** TensorShapeProto.Dimension: dim_value 1, dim_param 2. */
async function readDimension(reader: ProtobufFields, dim: ProtobufField): Promise<number | string | null> {
  let size: number | string | null = null;
  for await (const field of reader.fields(dim)) {
    if (field.number === 1 && field.isVarint) size = Number.isSafeInteger(field.value) ? field.value : null;
    else if (field.number === 2 && !field.isVarint) size = await reader.text(field);
  }
  return size;
}
