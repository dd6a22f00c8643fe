import type { Dtype } from '../../tensor/dtype.ts';
import type { GlobalUse } from '../pickle/pickle-objects.ts';

/** First item of the persistent ids of a state dict. */
export const STORAGE_TAG = 'storage';

/** Storage whose elements are bytes; the dtype comes with the tensor (`_rebuild_tensor_v3`). */
export const UNTYPED_STORAGE = 'torch.storage.UntypedStorage';

/** Storage classes that stand in `torch` and in `torch.cuda`: the same elements, wherever they once were. */
const DEVICE_STORAGES: ReadonlyArray<readonly [name: string, dtype: Dtype]> = [
  ['DoubleStorage', 'float64'],
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['ComplexFloatStorage', 'complex64'],
  ['ComplexDoubleStorage', 'complex128'],
];

/** Dtype of the elements of each storage class. */
export const STORAGE_DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ...DEVICE_STORAGES.map(([name, dtype]): [string, Dtype] => [`torch.${name}`, dtype]),
  ...DEVICE_STORAGES.map(([name, dtype]): [string, Dtype] => [`torch.cuda.${name}`, dtype]),
  ['torch.QInt8Storage', 'qint8'],
  ['torch.QUInt8Storage', 'quint8'],
  ['torch.QInt32Storage', 'qint32'],
  ['torch.QUInt4x2Storage', 'quint4x2'],
]);

/** Dtypes torch knows and this package has no use for: a tensor of one is listed as ignored, not refused. */
const OTHER_DTYPES = [
  'float8_e4m3fn',
  'float8_e5m2',
  'float8_e4m3fnuz',
  'float8_e5m2fnuz',
  'float8_e8m0fnu',
  'float4_e2m1fn_x2',
  'uint16',
  'uint32',
  'uint64',
  'complex32',
  'bits8',
  'bits16',
  'bits1x8',
  'bits2x4',
  'bits4x2',
  'quint2x4',
];

/** What the rebuild functions are called in the pickle. */
export const REBUILD = {
  /** torch before 0.4. */
  tensorV1: 'torch._utils._rebuild_tensor',
  tensorV2: 'torch._utils._rebuild_tensor_v2',
  tensorV3: 'torch._utils._rebuild_tensor_v3',
  quantizedTensor: 'torch._utils._rebuild_qtensor',
  parameter: 'torch._utils._rebuild_parameter',
  parameterWithState: 'torch._utils._rebuild_parameter_with_state',
  /** Tensors with attributes: `(rebuild function, class, its arguments, state)`. The older one has the same arguments. */
  fromType: 'torch._tensor._rebuild_from_type',
  fromTypeV2: 'torch._tensor._rebuild_from_type_v2',
} as const;

/** Classes of tensors with attributes that mean nothing for their values; others are code, and refused. */
const TENSOR_CLASSES = ['torch.Tensor', 'torch.nn.parameter.Parameter', 'torch.nn.parameter.Buffer'];

/**
 * How quantized tensors name their scheme. torch up to 2.13 writes quantized embeddings as `perChannel` too; other
 * writers say `perChannelFloat`.
 */
export const QSCHEME = {
  perTensor: 'torch.per_tensor_affine',
  perChannel: 'torch.per_channel_affine',
  perChannelFloat: 'torch.per_channel_affine_float_qparams',
} as const;

const TORCH_DTYPES = [...new Set(STORAGE_DTYPES.values()), ...OTHER_DTYPES];

/** Splits `torch.storage.UntypedStorage` into the two words a pickle names it by. */
function pickleName(qualified: string): string {
  const dot = qualified.lastIndexOf('.');
  return `${qualified.slice(0, dot)} ${qualified.slice(dot + 1)}`;
}

function entries(names: Iterable<string>, use: GlobalUse): Array<[string, GlobalUse]> {
  return [...names].map((name) => [pickleName(name), use]);
}

/**
 * Everything the pickle of a checkpoint may name, by `module name`. Protocol 2 writes Python 2 module names
 * (`__builtin__`); both are accepted. Whatever is called stays a record: none of these is ever run.
 */
export const ALLOWED_GLOBALS: ReadonlyMap<string, GlobalUse> = new Map<string, GlobalUse>([
  ['collections OrderedDict', 'ordered-dict'],
  ...entries(Object.values(REBUILD), 'call'),
  ...entries(['torch.Size', 'torch.device', '_codecs.encode', '__builtin__.set', 'builtins.set'], 'call'),
  ...entries(Object.values(QSCHEME), 'value'),
  ...entries(TENSOR_CLASSES, 'value'),
  ...entries([...STORAGE_DTYPES.keys(), 'torch.QUInt2x4Storage', UNTYPED_STORAGE], 'value'),
  ...entries(
    TORCH_DTYPES.map((dtype) => `torch.${dtype}`),
    'value',
  ),
]);

/** Whether a global stands for a torch dtype, such as `torch.qint8`. */
export function isTorchDtype(name: string): boolean {
  return name.startsWith('torch.') && TORCH_DTYPES.includes(name.slice('torch.'.length));
}

/** The dtype a global such as `torch.float32` stands for; undefined for those that are not read. */
export function findTorchDtype(name: string): Dtype | undefined {
  for (const dtype of STORAGE_DTYPES.values()) if (name === `torch.${dtype}`) return dtype;
  return undefined;
}
