import {
  call,
  dict,
  int,
  list,
  name,
  pickleBytes,
  storage,
  text,
  torchZip,
  tuple,
  vector,
} from '../fixtures/checkpoint/pickle-writer.ts';

const HALF = 'G\x3f\xe0\0\0\0\0\0\0';
const FLOATS = new Uint8Array(Float32Array.of(1, 2).buffer);
const DOUBLES = new Uint8Array(Float64Array.of(0.5, 0.25).buffer);
const ONE = new Uint8Array(Float32Array.of(1).buffer);

function scalar(storageClass: string, key: string): string {
  return call('torch._utils', '_rebuild_tensor_v2', storage(storageClass, key, 1), int(0), ')', ')', '\x89', '}');
}

function qtensor(storageClass: string, key: string, elementCount: number, ...qparams: readonly string[]): string {
  const place = storage(storageClass, key, elementCount);
  const [size, strides] = [tuple(int(2), int(2)), tuple(int(2), int(1))];
  return call('torch._utils', '_rebuild_qtensor', place, int(0), size, strides, tuple(...qparams), '\x89', '}');
}

const PER_TENSOR = [name('torch', 'per_tensor_affine'), HALF, int(3)] as const;

/** A small archive with quantized modules of every layout, and a tensor with attributes. */
export function packedModules(): Uint8Array {
  const perChannel = [
    name('torch', 'per_channel_affine'),
    vector('DoubleStorage', '1', 2),
    list(int(0), int(1)),
    int(0),
  ] as const;
  const parameter = call('torch._utils', '_rebuild_parameter', vector('FloatStorage', '2', 2), '\x88', '}');
  const inner = tuple(storage('FloatStorage', '2', 2), int(0), tuple(int(2)), tuple(int(1)), '\x89', '}');
  const functions = [name('torch._utils', '_rebuild_tensor_v2'), name('torch', 'Tensor')] as const;
  return torchZip(
    dict({
      'a.scale': scalar('FloatStorage', '3'),
      'a.zero_point': scalar('LongStorage', '4'),
      'a._packed_params.dtype': name('torch', 'qint8'),
      'a._packed_params._packed_params': tuple(qtensor('QInt8Storage', '0', 4, ...PER_TENSOR), parameter),
      'b._packed_params.weight': qtensor('QInt8Storage', '0', 4, ...perChannel),
      'b._packed_params.bias': 'N',
      'c.weight': qtensor('QInt8Storage', '0', 4, ...PER_TENSOR),
      'c.zero_point': scalar('LongStorage', '4'),
      'd._packed_params._packed_weight': qtensor('QUInt4x2Storage', '5', 2, ...perChannel),
      e: call('torch._tensor', '_rebuild_from_type_v2', ...functions, inner, dict({ tag: text('x') })),
    }),
    new Uint8Array(4),
    DOUBLES,
    FLOATS,
    ONE,
    new Uint8Array(8),
    new Uint8Array(2),
  );
}

/** A legacy stream whose tensor lies in a view of a storage. */
export function streamWithView(): Uint8Array {
  const magic = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);
  const view = tuple(text('95'), int(1), int(1));
  const place = tuple(text('storage'), name('torch.cuda', 'FloatStorage'), text('94'), text('cuda:0'), int(2), view);
  const tensor = call('torch._utils', '_rebuild_tensor', `${place}Q`, int(0), tuple(int(1)), tuple(int(1)));
  const pickles = ['M\xe9\x03', dict({ little_endian: '\x88' }), dict({ w: tensor }), list(text('94'))].map(
    pickleBytes,
  );
  const elementCount = new Uint8Array(BigInt64Array.of(2n).buffer);
  return Buffer.concat([magic, ...pickles, elementCount, FLOATS]);
}
