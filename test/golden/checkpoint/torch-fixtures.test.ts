import { describe, expect, it } from 'vitest';
import { openCheckpoint, openCheckpointSource } from '../../../src/checkpoint/open-checkpoint.ts';
import type { StateDict } from '../../../src/checkpoint/state-dict.ts';
import { dequantize } from '../../../src/tensor/dequantize.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { MemoryByteSource } from '../../../src/kernel/byte-source.ts';
import {
  fixturePath,
  readGoldens,
  readPackedFixtures,
  sha256,
  type GoldenValue,
} from '../../fixtures/checkpoint/fixture-files.ts';

const PACKED_LINEAR = '._packed_params._packed_params';
const PACKED_EMBEDDING = '._packed_params._packed_weight';
/** dtypes torch writes and this package lists as ignored. */
const UNREAD_DTYPES = ['float8_e4m3fn', 'uint16'];

/** The golden state under the names a {@link StateDict} has. */
function plainEntries(state: Readonly<Record<string, GoldenValue>>): Map<string, GoldenValue> {
  const plain = new Map<string, GoldenValue>();
  const packed = new Set<string>();
  const add = (name: string, value: GoldenValue | undefined): void => {
    if (value?.shape !== undefined && !UNREAD_DTYPES.includes(value.dtype ?? '')) plain.set(name, value);
  };
  for (const [key, value] of Object.entries(state)) {
    if (key.endsWith(PACKED_LINEAR)) {
      const module = key.slice(0, -PACKED_LINEAR.length);
      add(`${module}.weight`, value.items?.[0]);
      add(`${module}.bias`, value.items?.[1]);
      packed.add(module);
    } else if (key.endsWith(PACKED_EMBEDDING)) {
      add(`${key.slice(0, -PACKED_EMBEDDING.length)}.weight`, value);
    } else {
      const name = key.replace('._packed_params.', '.');
      add(name, value);
      if (value.kind === 'qtensor' && name.endsWith('.weight')) packed.add(name.slice(0, -'.weight'.length));
    }
  }
  for (const module of packed) {
    plain.delete(`${module}.scale`);
    plain.delete(`${module}.zero_point`);
  }
  return plain;
}

async function expectQuantized(tensor: Tensor, golden: GoldenValue): Promise<void> {
  const { quantization } = tensor;
  if (quantization === null) throw new Error(`${tensor.name} is not quantized`);
  if (golden.qscheme === 'per_tensor_affine') {
    expect(quantization).toEqual({ granularity: 'per-tensor', scale: golden.scale, zeroPoint: golden.zero_point });
  } else {
    if (quantization.granularity !== 'per-channel') throw new Error(`${tensor.name} is not per channel`);
    expect(quantization.axis).toBe(golden.axis);
    const isFloat = golden.qscheme === 'per_channel_affine_float_qparams';
    expect(quantization.zeroPointType).toBe(isFloat ? 'float' : 'int');
    if (golden.scales !== undefined) expect([...quantization.scales]).toEqual(golden.scales);
    if (golden.zero_points !== undefined) expect([...quantization.zeroPoints]).toEqual(golden.zero_points);
  }
  const elements = await tensor.readElements();
  if (!(elements instanceof Int8Array || elements instanceof Uint8Array || elements instanceof Int32Array)) {
    throw new Error(`${tensor.name} has no integers`);
  }
  if (golden.int_sha256 !== undefined) expect(sha256(elements)).toBe(golden.int_sha256);
  const real = dequantize(elements, quantization, { shape: tensor.shape, startRow: 0 });
  expect(sha256(real), `${tensor.name} dequantized`).toBe(golden.dequant_sha256_f32le);
}

async function expectState(stateDict: StateDict, golden: Map<string, GoldenValue>): Promise<void> {
  expect([...stateDict.tensors.keys()].sort()).toEqual([...golden.keys()].sort());
  for (const [name, value] of golden) {
    const tensor = stateDict.tensors.get(name);
    if (tensor === undefined) throw new Error(`${name} is missing`);
    expect({ name, dtype: tensor.dtype, shape: tensor.shape }).toEqual({
      name,
      dtype: value.dtype,
      shape: value.shape,
    });
    if (value.kind === 'qtensor') await expectQuantized(tensor, value);
    else expect(sha256(await tensor.readElements()), name).toBe(value.sha256);
  }
}

describe.each(['torch213', 'torch113'])('checkpoints written by %s', (version) => {
  const goldens = Object.entries(readGoldens(version));
  const files = goldens.flatMap(([, golden]) => golden.files.map((file) => ({ file, golden })));

  it('covers the fixtures', () => {
    expect(files.length).toBe(version === 'torch213' ? 23 : 5);
  });

  it.each(files)('reads every tensor of $file bit for bit', async ({ file, golden }) => {
    await using checkpoint = await openCheckpoint(fixturePath(`${version}/${file}`));
    expect(checkpoint.format).toBe(file.endsWith('.legacy.bin') ? 'torch-legacy' : 'torch-zip');
    await expectState(checkpoint.stateDict, plainEntries(golden.state));
  });

  it.each(files)('gives rows of $file as it gives the whole', async ({ file }) => {
    await using checkpoint = await openCheckpoint(fixturePath(`${version}/${file}`));
    for (const tensor of checkpoint.stateDict.tensors.values()) {
      const rows = tensor.shape[0] ?? 1;
      const half = Math.floor(rows / 2);
      const whole = await tensor.readFloat32();
      const first = await tensor.readFloat32({ rowCount: half });
      const second = await tensor.readFloat32({ startRow: half });
      expect(new Float32Array([...first, ...second]), tensor.name).toEqual(whole);
    }
  });

  it.each(files.filter(({ golden }) => golden.embedding_forward_sha256 !== undefined))(
    'widens the quantized embeddings of $file as their forward pass does',
    async ({ file, golden }) => {
      await using checkpoint = await openCheckpoint(fixturePath(`${version}/${file}`));
      const { quantizedEmbeddings, tensors } = checkpoint.stateDict;
      expect([...quantizedEmbeddings]).toEqual(Object.keys(golden.embedding_forward_sha256 ?? {}));
      for (const [module, expected] of Object.entries(golden.embedding_forward_sha256 ?? {})) {
        const table = await tensors.get(`${module}.weight`)?.readFloat32();
        expect(sha256(table ?? new Float32Array()), module).toBe(expected);
      }
    },
  );
});

describe('checkpoints of both versions that are kept packed', () => {
  const fixtures = readPackedFixtures();
  const readable = fixtures.filter(({ state }) => state !== null);

  it('are the rest of the set', () => {
    expect({ all: fixtures.length, readable: readable.length }).toEqual({ all: 32, readable: 28 });
  });

  it.each(readable)('read every tensor of $name bit for bit', async ({ name, bytes, state }) => {
    await using checkpoint = await openCheckpointSource(new MemoryByteSource(bytes, name), { verifyTensorCrc: true });
    expect(checkpoint.format).toBe(name.endsWith('.legacy.bin') ? 'torch-legacy' : 'torch-zip');
    await expectState(checkpoint.stateDict, plainEntries(state ?? {}));
  });

  it.each(fixtures.filter(({ state }) => state === null))('refuse $name', async ({ name, bytes }) => {
    const code = name.includes('torchscript') ? 'CHECKPOINT_UNSUPPORTED' : 'CHECKPOINT_FORBIDDEN_GLOBAL';
    await expect(openCheckpointSource(new MemoryByteSource(bytes, name))).rejects.toMatchObject({ code });
  });
});

describe('packed modules', () => {
  const LINEARS = [0, 1].flatMap((layer) =>
    [
      'attention.self.query',
      'attention.self.key',
      'attention.self.value',
      'attention.output.dense',
      'intermediate.dense',
      'output.dense',
    ].map((name) => `encoder.layer.${layer}.${name}`),
  );

  it.each([
    ['int8-all.bin', 'reduce-range'],
    ['int8-layout-v1.bin', 'full'],
    ['int8-layout-v2.bin', 'full'],
    ['int8-layout-v3.bin', 'full'],
    ['int8-plain-dict.bin', 'reduce-range'],
    ['int8-per-channel.legacy.bin', 'reduce-range'],
    ['fp16-dynamic.bin', 'none'],
  ] as const)('finds the dynamic Linears of %s with range %s', async (file, activationRange) => {
    await using checkpoint = await openCheckpoint(fixturePath(`torch213/${file}`));
    const { dynamicLinears } = checkpoint.stateDict;
    expect([...dynamicLinears.keys()]).toEqual([...LINEARS, 'pooler.dense']);
    for (const [module, linear] of dynamicLinears) expect(linear).toEqual({ module, activationRange, hasBias: true });
  });

  it('knows Linears without bias and those left in float32', async () => {
    await using noBias = await openCheckpoint(fixturePath('torch213/int8-nobias.bin'));
    const without = [...noBias.stateDict.dynamicLinears.values()].filter(({ hasBias }) => !hasBias);
    expect(without.map(({ module }) => module)).toEqual([
      'encoder.layer.0.attention.self.query',
      'encoder.layer.0.attention.self.key',
    ]);
    await using mixed = await openCheckpoint(fixturePath('torch213/int8-per-layer.bin'));
    expect(mixed.stateDict.dynamicLinears.has('encoder.layer.0.output.dense')).toBe(false);
    expect(mixed.stateDict.tensors.get('encoder.layer.0.output.dense.weight')?.dtype).toBe('float32');
  });

  it('says what it left out', async () => {
    await using wrapped = await openCheckpoint(fixturePath('torch213/wrapped-state-dict.bin'));
    expect([...wrapped.stateDict.ignoredEntries]).toEqual([
      ['epoch', 'int'],
      ['optimizer', 'dict'],
    ]);
    expect(wrapped.stateDict.tensors.size).toBe(39);
    await expectState(wrapped.stateDict, plainEntries(readGoldens('torch213')['fp32-plain-dict']?.state ?? {}));
    await using zoo = await openCheckpoint(fixturePath('torch213/zoo.bin'));
    expect(Object.fromEntries(zoo.stateDict.ignoredEntries)).toEqual({
      _py: 'dict',
      'd.float8_e4m3fn': 'tensor of unsupported type torch.float8_e4m3fn',
      'd.uint16': 'tensor of unsupported type torch.uint16',
    });
  });

  it('names the globals in order of first use', async () => {
    await using checkpoint = await openCheckpoint(fixturePath('torch213/int8-per-channel.bin'));
    expect(checkpoint.globals).toEqual([
      'collections.OrderedDict',
      'torch._utils._rebuild_tensor_v2',
      'torch.LongStorage',
      'torch.FloatStorage',
      'torch.qint8',
      'torch._utils._rebuild_qtensor',
      'torch.QInt8Storage',
      'torch.per_channel_affine',
      'torch.DoubleStorage',
      'torch._utils._rebuild_parameter',
    ]);
  });

  it('reads a file without checksums, and one with the checks asked for', async () => {
    await using noCrc = await openCheckpoint(fixturePath('torch213/fp32-nocrc.bin'), { verifyTensorCrc: true });
    await using checked = await openCheckpoint(fixturePath('torch213/fp32.bin'), { verifyTensorCrc: true });
    expect(noCrc.stateDict.tensors.size).toBe(40);
    await expectState(noCrc.stateDict, plainEntries(readGoldens('torch213')['fp32']?.state ?? {}));
    expect(checked.stateDict.tensors.size).toBe(40);
  });
});
