import { mkdir, open, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryByteSource } from '../../../../src/kernel/byte-source.ts';
import { OnnxGraph } from '../../../../src/model/onnx/onnx-graph.ts';
import { ProtobufWriter } from '../../../../src/kernel/protobuf-writer.ts';
import { readOnnxModel, readOnnxSource } from '../../../../src/model/onnx-file/read-onnx-model.ts';
import { temporaryFolder } from '../model-folder.ts';
import { readyGraph, writeReadyGraph } from '../onnx/ready/ready-fixtures.ts';

/** A model of one graph, with whatever stands in `graph`. */
function model(graph: ProtobufWriter, more: (writer: ProtobufWriter) => void = () => undefined): Uint8Array {
  const writer = new ProtobufWriter().int(1, 8).message(8, new ProtobufWriter().string(1, '').int(2, 17));
  more(writer);
  return writer.message(7, graph).toBytes();
}

/** An output without type. */
function output(): ProtobufWriter {
  return new ProtobufWriter().string(1, 'out');
}

function node(operator: string, domain = ''): ProtobufWriter {
  return new ProtobufWriter().string(4, operator).string(7, domain);
}

/** A float32 tensor of one element whose bytes lie outside. */
function externalTensor(entries: Readonly<Record<string, string>>, dims: readonly number[] = [1]): ProtobufWriter {
  const tensor = new ProtobufWriter();
  for (const size of dims) tensor.int(1, size);
  tensor.int(2, 1).string(8, 'weight');
  for (const [key, value] of Object.entries(entries)) {
    tensor.message(13, new ProtobufWriter().string(1, key).string(2, value));
  }
  return tensor.int(14, 1);
}

/** A float32 tensor with 8 bytes of its own. */
function raw(...dims: number[]): ProtobufWriter {
  const tensor = new ProtobufWriter();
  for (const size of dims) tensor.int(1, size);
  return tensor.int(2, 1).string(8, 'w').bytes(9, new Uint8Array(8));
}

async function read(bytes: Uint8Array): Promise<unknown> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  await writeFile(path, bytes);
  return await readOnnxModel(path);
}

describe('readOnnxModel', () => {
  it('tells inputs, outputs, operators and constants', async () => {
    await using folder = await temporaryFolder();
    const path = await writeReadyGraph(join(folder.path, 'model.onnx'), { numbers: 'int8' });
    expect(await readOnnxModel(path)).toMatchObject({
      path,
      producer: 'codegraphai',
      opsets: { 'ai.onnx': 17, 'com.microsoft': 1 },
      inputs: [
        { name: 'input_ids', type: 'int64', dims: ['batch', 'sequence'] },
        { name: 'attention_mask', type: 'int64', dims: ['batch', 'sequence'] },
      ],
      outputs: [{ name: 'last_hidden_state', type: 'float32', dims: ['batch', 'sequence', 6] }],
      operators: { DynamicQuantizeLinear: 1, MatMulInteger: 1, Cast: 2, Gather: 1, Mul: 2, Unsqueeze: 1, Identity: 1 },
      constants: [
        { name: 'words', type: 'float32', dims: [40, 6], byteLength: 960 },
        { type: 'int64', dims: [1], byteLength: 8 },
        { type: 'int8', dims: [6, 6], byteLength: 36 },
      ],
      dataFiles: [],
    });
  });

  it('never reads weights: a terabyte of them takes no longer', async () => {
    await using folder = await temporaryFolder();
    const graph = new OnnxGraph('large');
    const words = graph.initializer('words', 'float32', [2 ** 28, 1024], async function* () {});
    graph.output(words, 'last_hidden_state', 'float32', [2 ** 28, 1024]);
    const path = join(folder.path, 'model.onnx');
    await writeFile(path, graph.serialize('model.onnx_data').model);
    // Sparse: the file system stores nothing.
    await (await open(join(folder.path, 'model.onnx_data'), 'w')).close();
    await truncate(join(folder.path, 'model.onnx_data'), 2 ** 40);
    const { dataFiles, sizeBytes } = await readOnnxModel(path);
    expect(dataFiles).toEqual([join(folder.path, 'model.onnx_data')]);
    expect(sizeBytes).toBeGreaterThan(2 ** 40);
  });

  it('follows the links of the Hugging Face cache', async () => {
    await using folder = await temporaryFolder();
    const [blobs, snapshot] = [join(folder.path, 'blobs'), join(folder.path, 'snapshots', 'abc', 'onnx')];
    await mkdir(blobs);
    await mkdir(snapshot, { recursive: true });
    await writeFile(
      join(blobs, 'one'),
      model(new ProtobufWriter().message(5, externalTensor({ location: 'model.onnx_data' })).message(12, output())),
    );
    await writeFile(join(blobs, 'two'), new Uint8Array(4));
    await symlink(join('..', '..', '..', 'blobs', 'one'), join(snapshot, 'model.onnx'));
    await symlink(join('..', '..', '..', 'blobs', 'two'), join(snapshot, 'model.onnx_data'));
    const { dataFiles } = await readOnnxModel(join(snapshot, 'model.onnx'));
    expect(dataFiles).toEqual([join(snapshot, 'model.onnx_data')]);
  });

  it.each(['../secret', '/etc/passwd', 'a/../../secret', 'C:\\secret', '..\\secret', '', '.', 'a\0b', 'sub/../../x'])(
    'refuses the data file %j outside of its folder',
    async (location) => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'model', 'model.onnx');
      await mkdir(dirname(path));
      await writeFile(join(folder.path, 'secret'), new Uint8Array(4));
      await writeFile(path, model(new ProtobufWriter().message(5, externalTensor({ location })).message(12, output())));
      await expect(readOnnxModel(path)).rejects.toMatchObject({
        code: 'ONNX_EXTERNAL_DATA',
        message: expect.stringContaining('is outside the folder of the graph'),
      });
    },
  );

  const escape = new ProtobufWriter().string(1, 'location').string(2, '../secret');
  it.each([
    ['of a tensor that denies it', new ProtobufWriter().int(1, 1).int(2, 1).message(13, escape)],
    [
      'of a tensor whose place overflows to "outside"',
      externalTensor({})
        .message(13, escape)
        .int(14, 2 ** 32 + 1),
    ],
    // Field 2 with wire type 1: a text to whoever does not look at the wire type, unknown to other parsers.
    [
      'hidden behind a field of fixed width',
      externalTensor({}).bytes(13, Buffer.concat([escape.toBytes(), Buffer.from('\x11ok.data.', 'latin1')])),
    ],
  ])('refuses a data file outside of its folder, %s', async (_, tensor) => {
    await expect(read(model(new ProtobufWriter().message(5, tensor).message(12, output())))).rejects.toMatchObject({
      code: 'ONNX_EXTERNAL_DATA',
      message: expect.stringContaining('is outside the folder of the graph'),
    });
  });

  const secret = (): ProtobufWriter => externalTensor({ location: '../secret' });
  const attribute = (field: number, content: ProtobufWriter): ProtobufWriter =>
    node('Constant').message(5, new ProtobufWriter().message(field, content));
  it.each([
    ['an attribute', new ProtobufWriter().message(1, attribute(5, secret()))],
    ['a list of an attribute', new ProtobufWriter().message(1, attribute(10, secret()))],
    [
      'a graph of an attribute',
      new ProtobufWriter().message(1, attribute(6, new ProtobufWriter().message(5, secret()))),
    ],
    ['a list of graphs', new ProtobufWriter().message(1, attribute(11, new ProtobufWriter().message(5, secret())))],
    ['a sparse attribute', new ProtobufWriter().message(1, attribute(22, new ProtobufWriter().message(1, secret())))],
    [
      'a list of sparse ones',
      new ProtobufWriter().message(1, attribute(23, new ProtobufWriter().message(1, secret()))),
    ],
    ['a sparse tensor', new ProtobufWriter().message(15, new ProtobufWriter().message(1, secret()))],
    ['the places of a sparse tensor', new ProtobufWriter().message(15, new ProtobufWriter().message(2, secret()))],
  ])('refuses a data file outside of its folder in %s', async (_, graph) => {
    await expect(read(model(graph.message(12, output())))).rejects.toMatchObject({ code: 'ONNX_EXTERNAL_DATA' });
  });

  it('refuses a data file outside of its folder in a function', async () => {
    const own = new ProtobufWriter().string(1, 'Mine').string(10, 'own').message(7, attribute(5, secret()));
    const bytes = model(new ProtobufWriter().message(12, output()), (writer) => writer.message(25, own));
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ONNX_EXTERNAL_DATA' });
  });

  it('does not feed constants that are listed as inputs, as old versions do', async () => {
    const graph = new ProtobufWriter()
      .message(5, raw(2))
      .message(11, new ProtobufWriter().string(1, 'w'))
      .message(11, new ProtobufWriter().string(1, 'input_ids'));
    expect(await read(model(graph.message(12, output())))).toMatchObject({ inputs: [{ name: 'input_ids' }] });
  });

  it('refuses a data file that is a link out of the folder', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model', 'model.onnx');
    await mkdir(dirname(path));
    await writeFile(join(folder.path, 'secret'), new Uint8Array(4));
    await symlink(join('..', 'secret'), join(folder.path, 'model', 'data'));
    await writeFile(
      path,
      model(new ProtobufWriter().message(5, externalTensor({ location: 'data' })).message(12, output())),
    );
    await expect(readOnnxModel(path)).rejects.toMatchObject({ code: 'ONNX_EXTERNAL_DATA' });
  });

  it.each([
    ['absent', { location: 'absent' }, 'cannot be read'],
    ['too short', { location: 'data', offset: '1' }, 'has 4 bytes, but the tensor "weight" needs 5'],
  ])('says that a data file is %s', async (_, entries, message) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.onnx');
    await writeFile(join(folder.path, 'data'), new Uint8Array(4));
    await writeFile(path, model(new ProtobufWriter().message(5, externalTensor(entries)).message(12, output())));
    await expect(readOnnxModel(path)).rejects.toMatchObject({
      code: 'ONNX_EXTERNAL_DATA',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [
      'a custom operator',
      model(new ProtobufWriter().message(1, node('Tokenize', 'ai.onnx.contrib')).message(12, output())),
      'ai.onnx.contrib.Tokenize',
    ],
    [
      'Python code',
      model(new ProtobufWriter().message(1, node('PyOp', 'com.microsoft')).message(12, output())),
      'com.microsoft.PyOp',
    ],
    [
      'a custom operator in a subgraph',
      model(
        new ProtobufWriter()
          .message(
            1,
            node('If').message(
              5,
              new ProtobufWriter().message(6, new ProtobufWriter().message(1, node('Evil', 'evil'))),
            ),
          )
          .message(12, output()),
      ),
      'evil.Evil',
    ],
  ])('refuses %s', async (_, bytes, feature) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ONNX_UNSUPPORTED', details: { feature } });
  });

  it('takes operators that the file defines itself', async () => {
    const own = new ProtobufWriter().string(1, 'Mine').string(10, 'own').message(7, node('Add'));
    const bytes = model(new ProtobufWriter().message(1, node('Mine', 'own')).message(12, output()), (writer) =>
      writer.message(25, own),
    );
    expect(await read(bytes)).toMatchObject({ operators: { 'own.Mine': 1, Add: 1 } });
  });

  const nested = Array.from({ length: 12 }).reduce<ProtobufWriter>(
    (inner) => new ProtobufWriter().message(1, node('If').message(5, new ProtobufWriter().message(6, inner))),
    new ProtobufWriter(),
  );
  it.each([
    ['nested too deep', model(nested.message(12, output())), 'ONNX_LIMIT_EXCEEDED', 'graphs are nested 9 deep'],
    [
      'with a long name',
      model(new ProtobufWriter().message(1, node('A'.repeat(70_000))).message(12, output())),
      'ONNX_LIMIT_EXCEEDED',
      'name of 70000 bytes',
    ],
    [
      'with 40 dimensions',
      model(new ProtobufWriter().message(5, raw(...Array.from({ length: 40 }, () => 1))).message(12, output())),
      'ONNX_LIMIT_EXCEEDED',
      'sizes',
    ],
    [
      'with bytes that do not fit',
      model(new ProtobufWriter().message(5, raw(3)).message(12, output())),
      'ONNX_MALFORMED',
      'has 8 bytes instead of 12',
    ],
    [
      'with a negative size',
      model(new ProtobufWriter().message(5, raw(-1)).message(12, output())),
      'ONNX_MALFORMED',
      'has sizes',
    ],
    [
      'with sizes beyond counting',
      model(new ProtobufWriter().message(5, raw(2 ** 40, 2 ** 40)).message(12, output())),
      'ONNX_MALFORMED',
      'has sizes',
    ],
    [
      'of an unknown type',
      model(new ProtobufWriter().message(5, new ProtobufWriter().int(2, 99)).message(12, output())),
      'ONNX_UNSUPPORTED',
      'unknown type 99',
    ],
    [
      'with an offset that is no number',
      model(new ProtobufWriter().message(5, externalTensor({ location: 'd', offset: '-1' })).message(12, output())),
      'ONNX_MALFORMED',
      'offset',
    ],
    [
      'with more bytes outside than the tensor has',
      model(new ProtobufWriter().message(5, externalTensor({ location: 'd', length: '8' })).message(12, output())),
      'ONNX_MALFORMED',
      'has 8 bytes outside instead of 4',
    ],
    [
      'without a place for outside bytes',
      model(new ProtobufWriter().message(5, externalTensor({})).message(12, output())),
      'ONNX_MALFORMED',
      'no location',
    ],
    ['without outputs', model(new ProtobufWriter()), 'ONNX_MALFORMED', 'lacks a graph'],
    [
      'with two graphs',
      model(new ProtobufWriter().message(12, output()), (writer) => writer.message(7, new ProtobufWriter())),
      'ONNX_MALFORMED',
      'two graphs',
    ],
    [
      'without operator',
      model(new ProtobufWriter().message(1, new ProtobufWriter()).message(12, output())),
      'ONNX_MALFORMED',
      'without an operator',
    ],
    ['of a group', Uint8Array.of(0x0b, 0x0c), 'ONNX_MALFORMED', 'wire type 3'],
    ['of field 0', Uint8Array.of(0x00, 0x00), 'ONNX_MALFORMED', 'field number 0'],
    ['of an endless number', new Uint8Array(40).fill(0xff), 'ONNX_MALFORMED', 'more than 10 bytes'],
    ['of an HTML page', new TextEncoder().encode('<!DOCTYPE html><html>'), 'ONNX_MALFORMED', 'HTML'],
    ['of nothing', new Uint8Array(0), 'ONNX_MALFORMED', 'is empty'],
  ])('refuses a file %s', async (_, bytes, code, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('stops at names without end', async () => {
    const graph = new ProtobufWriter().message(12, output());
    for (let name = 0; name < 520; name++)
      graph.message(1, node(String.fromCodePoint(97 + (name % 26)).repeat(65_000)));
    await expect(read(model(graph))).rejects.toMatchObject({
      code: 'ONNX_LIMIT_EXCEEDED',
      details: { limit: 32 * 1024 * 1024 },
    });
  });

  it('stops at data files without end, though all are one', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.onnx');
    await writeFile(join(folder.path, 'data'), new Uint8Array(4));
    const graph = new ProtobufWriter().message(12, output());
    for (let count = 1; count < 4100; count++) {
      const way = count.toString(2).replaceAll('0', './').replaceAll('1', '/');
      graph.message(5, externalTensor({ location: `.${way}data` }));
    }
    await writeFile(path, model(graph));
    await expect(readOnnxModel(path)).rejects.toMatchObject({ code: 'ONNX_LIMIT_EXCEEDED' });
  });

  it('stops at a file of nothing but small fields', async () => {
    await expect(read(new Uint8Array(1_100_000).fill(0x08))).rejects.toMatchObject({ code: 'ONNX_LIMIT_EXCEEDED' });
  });

  it('refuses a model cut anywhere', async () => {
    const { model: whole } = readyGraph().serialize(null);
    for (let length = 1; length < whole.length - 40; length += 7) {
      const source = new MemoryByteSource(whole.subarray(0, length));
      await expect(readOnnxSource(source), `cut at ${length}`).rejects.toMatchObject({ code: 'ONNX_MALFORMED' });
    }
  });
});
