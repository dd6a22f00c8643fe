import { ProtobufWriter } from '../../src/kernel/protobuf-writer.ts';

/** A tensor of two float32, its bytes beside the graph. */
function outside(name: string, dataFile: string): ProtobufWriter {
  const entries = { location: dataFile, offset: '0', length: '8' };
  const tensor = new ProtobufWriter().int(1, 2).int(2, 1).string(8, name).int(14, 1);
  for (const [key, value] of Object.entries(entries))
    tensor.message(13, new ProtobufWriter().string(1, key).string(2, value));
  return tensor;
}

function inside(): ProtobufWriter {
  return new ProtobufWriter().int(1, 2).int(2, 1).string(8, 'own').bytes(9, new Uint8Array(8));
}

function valueInfo(name: string, type: number, ...dims: ReadonlyArray<string | number>): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const size of dims) {
    const dim = new ProtobufWriter();
    shape.message(1, typeof size === 'number' ? dim.int(1, size) : dim.string(2, size));
  }
  const tensor = new ProtobufWriter().int(1, type).message(2, shape);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

function attribute(field: number, content: ProtobufWriter): ProtobufWriter {
  return new ProtobufWriter().string(1, 'given').message(field, content);
}

/** A model with everything a reader of graphs looks at: functions, graphs in graphs, sparse and outside tensors. */
export function modelOfEveryKind(dataFile: string): Uint8Array {
  const sparse = (): ProtobufWriter =>
    new ProtobufWriter().message(1, inside()).message(2, outside('places', dataFile));
  const inner = new ProtobufWriter()
    .message(1, new ProtobufWriter().string(1, 'x').string(4, 'MatMulInteger'))
    .message(5, outside('inner', dataFile));
  const node = new ProtobufWriter().string(1, 'input_ids').string(2, 'last_hidden_state').string(4, 'Mine');
  node
    .string(7, 'own')
    .message(5, attribute(5, outside('constant', dataFile)))
    .message(5, attribute(6, inner));
  node.message(5, attribute(10, inside())).message(5, attribute(11, inner)).message(5, attribute(22, sparse()));
  const graph = new ProtobufWriter().message(1, node).string(2, 'every').message(5, inside()).message(15, sparse());
  graph
    .message(11, valueInfo('input_ids', 7, 'batch', 'sequence'))
    .message(11, valueInfo('attention_mask', 7, 1, 'sequence'));
  graph.message(12, valueInfo('last_hidden_state', 1, 'batch', 'sequence', 6));
  const own = new ProtobufWriter().string(1, 'Mine').string(10, 'own');
  own.message(7, new ProtobufWriter().string(4, 'Identity'));
  const model = new ProtobufWriter().int(1, 8).string(2, 'seeds').message(7, graph).message(25, own);
  return model.message(8, new ProtobufWriter().string(1, '').int(2, 17)).toBytes();
}
