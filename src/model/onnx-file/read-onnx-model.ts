import { openFileByteSource, type ByteSource } from '../../kernel/byte-source.ts';
import { KIND_DESCRIPTIONS, KIND_REPAIRS, sniffFile } from '../sniff-file.ts';
import { findDataFiles } from './external-data.ts';
import { malformedOnnx, notAnOnnxModel, unsupportedOnnx } from './onnx-error.ts';
import type { OnnxModel } from './onnx-model.ts';
import { ProtobufFields, type ByteRange } from './protobuf-fields.ts';
import { GraphContent, readFunction, readGraph } from './read-graph.ts';

/** Operator sets that ONNX Runtime brings along. */
const KNOWN_DOMAINS: ReadonlySet<string> = new Set(['ai.onnx.ml', 'com.microsoft', 'com.microsoft.nchwc']);
/** Operators of theirs that load or run something else than the graph. */
const REFUSED_OPERATORS: ReadonlySet<string> = new Set(['com.microsoft.PyOp', 'com.microsoft.EPContext']);

/**
 * Reads what stands in an ONNX file (onnx.proto, ModelProto) without its weights, and checks the data files beside it.
 * Nothing is run.
 *
 * @throws {@link OnnxError} with the code that says why the file cannot be used; {@link ByteSourceError} when it cannot be
 * read at all.
 */
export async function readOnnxModel(path: string): Promise<OnnxModel> {
  const kind = await sniffFile(path);
  // What is not there at all is for the byte source to say.
  if (kind !== 'content' && kind !== 'absent') throw notAnOnnxModel(path, KIND_DESCRIPTIONS[kind], KIND_REPAIRS[kind]);
  await using source = await openFileByteSource(path);
  return await readOnnxSource(source);
}

/**
 * Reads an ONNX file over bytes from anywhere; its data files are looked for beside the path that is the source's name.
 *
 * @param source - Stays open.
 * @throws {@link OnnxError} as {@link readOnnxModel}.
 */
export async function readOnnxSource(source: ByteSource): Promise<OnnxModel> {
  const path = source.name;
  const { head, content } = await readModel(source);
  assertOperators(path, content);
  const dataFiles = await findDataFiles(path, content.external);
  const constants = new Set(content.constants.map(({ name }) => name));
  return {
    path,
    sizeBytes: dataFiles.reduce((sum, file) => sum + file.sizeBytes, source.sizeBytes),
    ...head,
    // Before IR version 4 constants were listed as inputs, too.
    inputs: content.inputs.filter(({ name }) => !constants.has(name)),
    outputs: content.outputs,
    operators: Object.fromEntries([...content.operators].toSorted(([left], [right]) => (left < right ? -1 : 1))),
    constants: content.constants,
    integerFactors: [...content.integerFactors],
    dataFiles: dataFiles.map((file) => file.path),
  };
}

/** ModelProto: producer_name 2, graph 7, opset_import 8, functions 25. */
async function readModel(
  source: ByteSource,
): Promise<{ head: Pick<OnnxModel, 'producer' | 'opsets'>; content: GraphContent }> {
  const reader = new ProtobufFields(source);
  const content = new GraphContent();
  const opsets = new Map<string, number>();
  let [producer, graphs] = ['', 0];
  for await (const field of reader.fields(reader.whole)) {
    if (field.isVarint) continue;
    if (field.number === 2) producer = await reader.text(field);
    else if (field.number === 8) opsets.set(...(await readOpset(reader, field)));
    else if (field.number === 25) await readFunction(reader, field, content);
    else if (field.number === 7) {
      // Parsers would merge a second graph into the first.
      if (++graphs > 1) throw malformedOnnx(source.name, 'it has two graphs', field.start);
      await readGraph(reader, field, content);
    }
  }
  if (graphs === 0 || opsets.size === 0 || content.outputs.length === 0) {
    throw malformedOnnx(source.name, 'it lacks a graph with outputs and the version of its operators');
  }
  return { head: { producer, opsets: Object.fromEntries(opsets) }, content };
}

/** OperatorSetIdProto: domain 1, version 2. */
async function readOpset(reader: ProtobufFields, range: ByteRange): Promise<[domain: string, version: number]> {
  let [domain, version] = ['', 0];
  for await (const field of reader.fields(range)) {
    if (field.number === 1 && !field.isVarint) domain = await reader.text(field);
    else if (field.number === 2 && field.isVarint) version = field.value;
  }
  return [domain === '' ? 'ai.onnx' : domain, version];
}

/** Operators that ONNX Runtime does not bring would need a library of the model's maker (CWE-829). */
function assertOperators(path: string, { operators, ownOperators }: GraphContent): void {
  for (const name of operators.keys()) {
    const domain = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    const known = domain === '' || KNOWN_DOMAINS.has(domain) || ownOperators.has(name);
    if (known && !REFUSED_OPERATORS.has(name)) continue;
    const problem = `needs the custom operator ${JSON.stringify(name)}, which ONNX Runtime does not have`;
    throw unsupportedOnnx(path, problem, name, 'Export the network alone, with standard operators, and use that file.');
  }
}
