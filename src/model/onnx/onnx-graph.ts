import { ProtobufWriter } from '../../kernel/protobuf-writer.ts';

/** Element types of ONNX tensors (onnx.proto, `TensorProto.DataType`) that the graphs here use. */
export const ONNX_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float64: 11 } as const;
export type OnnxType = keyof typeof ONNX_TYPES;

const ELEMENT_BYTES: Readonly<Record<OnnxType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  float64: 8,
};

/** Name of a value inside the graph; the empty string stands for an optional input left out. */
export type ValueName = string;

/** Bytes of an initializer, little-endian: at hand, or produced block by block when they are written. */
export type InitializerBytes = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** A constant of the graph. */
export interface Initializer {
  readonly name: ValueName;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly byteLength: number;
  readonly bytes: InitializerBytes;
}

/** Attribute of a node: a whole number is an int, `{ float }` a float, an array of numbers ints. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined;
  /** Operator set; `com.microsoft` for ONNX Runtime's own operators. @defaultValue the standard ONNX operators */
  readonly domain?: 'com.microsoft' | undefined;
}

interface GraphNode extends NodeOptions {
  readonly operator: string;
  readonly inputs: readonly ValueName[];
  readonly outputs: readonly ValueName[];
}

/** A graph input or output; a string dimension is symbolic. */
interface ValueInfo {
  readonly name: ValueName;
  readonly type: OnnxType;
  readonly dims: ReadonlyArray<number | string>;
}

/** Where an initializer's bytes lie in the external data file. */
export interface ExternalPlacement {
  readonly initializer: Initializer;
  readonly byteOffset: number;
}

/** A serialized model and what must stand in the data file beside it. */
export interface SerializedModel {
  readonly model: Uint8Array;
  readonly external: readonly ExternalPlacement[];
  /** Bytes of the data file. */
  readonly externalByteLength: number;
}

/** Operator sets: 17 is the first with LayerNormalization; IR version 8 belongs to it. */
const IR_VERSION = 8;
const OPSET_VERSION = 17;
/** Initializers from this size on live in the data file. */
const MIN_EXTERNAL_BYTES = 1024;
/** ONNX Runtime maps external data only at multiples of the page size. */
const EXTERNAL_ALIGNMENT = 4096;

/** Builds an ONNX graph node by node and serializes it (onnx.proto, ModelProto). */
export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: GraphNode[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #constants = new Map<string, ValueName>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  #valueCount = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares a graph input. */
  input(name: ValueName, type: OnnxType, dims: ReadonlyArray<number | string>): ValueName {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  /** Declares that the value `from` leaves the graph under `name`. */
  output(from: ValueName, name: ValueName, type: OnnxType, dims: ReadonlyArray<number | string>): void {
    this.#nodes.push({ operator: 'Identity', inputs: [from], outputs: [name] });
    this.#outputs.push({ name, type, dims });
  }

  /** Adds a constant; bytes given as a function are asked for only when the data file is written. */
  initializer(name: ValueName, type: OnnxType, dims: readonly number[], bytes: InitializerBytes): ValueName {
    const byteLength = dims.reduce((product, size) => product * size, ELEMENT_BYTES[type]);
    if (bytes instanceof Uint8Array && bytes.byteLength !== byteLength) {
      throw new RangeError(`initializer ${name} has ${bytes.byteLength} bytes instead of ${byteLength}`);
    }
    this.#initializers.push({ name, type, dims, byteLength, bytes });
    return name;
  }

  /** A small constant; equal ones are stored once. */
  constant(type: OnnxType, dims: readonly number[], values: readonly number[]): ValueName {
    const key = `${type}[${dims.join()}]=${values.join()}`;
    const existing = this.#constants.get(key);
    if (existing !== undefined) return existing;
    const name = this.initializer(`constant_${this.#constants.size}`, type, dims, encodeValues(type, values));
    this.#constants.set(key, name);
    return name;
  }

  /** Adds a node with one output. */
  node(operator: string, inputs: readonly ValueName[], options: NodeOptions = {}): ValueName {
    const output = this.#freshName(operator);
    this.#nodes.push({ operator, inputs, outputs: [output], ...options });
    return output;
  }

  /** Adds a node of ONNX Runtime's own operator set (`com.microsoft`) with one output. */
  microsoft(operator: string, inputs: readonly ValueName[], attributes?: NodeOptions['attributes']): ValueName {
    return this.node(operator, inputs, { domain: 'com.microsoft', attributes });
  }

  /** DynamicQuantizeLinear: uint8 values, scale and zero point of a float tensor. */
  dynamicQuantizeLinear(input: ValueName): { quantized: ValueName; scale: ValueName; zeroPoint: ValueName } {
    const quantized = this.#freshName('quantized');
    const scale = this.#freshName('scale');
    const zeroPoint = this.#freshName('zero_point');
    this.#nodes.push({ operator: 'DynamicQuantizeLinear', inputs: [input], outputs: [quantized, scale, zeroPoint] });
    return { quantized, scale, zeroPoint };
  }

  /**
   * Serializes to a ModelProto.
   *
   * @param dataFileName - Name of the file beside the model that large initializers point into; null keeps them all in
   * the model, which then must have none that are produced block by block.
   */
  serialize(dataFileName: string | null): SerializedModel {
    const external: ExternalPlacement[] = [];
    let end = 0;
    const graph = new ProtobufWriter();
    for (const node of this.#nodes) graph.message(1, encodeNode(node));
    graph.string(2, this.#name);
    for (const initializer of this.#initializers) {
      const { bytes, byteLength } = initializer;
      if (bytes instanceof Uint8Array && (dataFileName === null || byteLength < MIN_EXTERNAL_BYTES)) {
        graph.message(5, encodeTensor(initializer).bytes(9, bytes));
        continue;
      }
      if (dataFileName === null) throw new TypeError(`initializer ${initializer.name} needs a data file`);
      const byteOffset = Math.ceil(end / EXTERNAL_ALIGNMENT) * EXTERNAL_ALIGNMENT;
      end = byteOffset + byteLength;
      external.push({ initializer, byteOffset });
      graph.message(5, encodeExternalTensor(initializer, dataFileName, byteOffset));
    }
    for (const input of this.#inputs) graph.message(11, encodeValueInfo(input));
    for (const output of this.#outputs) graph.message(12, encodeValueInfo(output));
    const model = new ProtobufWriter()
      .int(1, IR_VERSION)
      .string(2, 'codegraphai')
      .message(7, graph)
      .message(8, new ProtobufWriter().string(1, '').int(2, OPSET_VERSION))
      .message(8, new ProtobufWriter().string(1, 'com.microsoft').int(2, 1));
    return { model: model.toBytes(), external, externalByteLength: end };
  }

  #freshName(prefix: string): ValueName {
    return `${prefix}_${this.#valueCount++}`;
  }
}

function encodeValues(type: OnnxType, values: readonly number[]): Uint8Array {
  const array = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    uint8: () => Uint8Array.from(values),
    int8: () => Int8Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values, BigInt),
  }[type]();
  return new Uint8Array(array.buffer);
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5, domain 7. */
function encodeNode(node: GraphNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, `node_${node.outputs[0] ?? ''}`).string(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes ?? {})) writer.message(5, encodeAttribute(name, value));
  if (node.domain !== undefined) writer.string(7, node.domain);
  return writer;
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7). */
function encodeAttribute(name: string, value: AttributeValue): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return writer.int(3, value).int(20, 2);
  if (typeof value === 'string') return writer.string(4, value).int(20, 3);
  if ('float' in value) return writer.float(2, value.float).int(20, 1);
  for (const item of value) writer.int(8, item);
  return writer.int(20, 7);
}

/** TensorProto: dims 1, data_type 2, name 8. */
function encodeTensor(initializer: Initializer): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const size of initializer.dims) writer.int(1, size);
  return writer.int(2, ONNX_TYPES[initializer.type]).string(8, initializer.name);
}

/** TensorProto with external_data 13 (location, offset, length) and data_location 14 = EXTERNAL. */
function encodeExternalTensor(initializer: Initializer, location: string, byteOffset: number): ProtobufWriter {
  const writer = encodeTensor(initializer);
  const entries: ReadonlyArray<readonly [string, string]> = [
    ['location', location],
    ['offset', String(byteOffset)],
    ['length', String(initializer.byteLength)],
  ];
  for (const [key, value] of entries) writer.message(13, new ProtobufWriter().string(1, key).string(2, value));
  return writer.int(14, 1);
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 | dim_param 2 } } } }. */
function encodeValueInfo(info: ValueInfo): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const size of info.dims) {
    shape.message(
      1,
      typeof size === 'string' ? new ProtobufWriter().string(2, size) : new ProtobufWriter().int(1, size),
    );
  }
  const tensorType = new ProtobufWriter().int(1, ONNX_TYPES[info.type]).message(2, shape);
  return new ProtobufWriter().string(1, info.name).message(2, new ProtobufWriter().message(1, tensorType));
}
