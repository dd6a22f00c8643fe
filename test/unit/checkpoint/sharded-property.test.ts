import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open-checkpoint.ts';
import { call, dict, int, name, storage, text, torchZip, tuple } from '../../fixtures/checkpoint/pickle-writer.ts';
import { writeSafetensors, type WrittenTensor } from '../../fixtures/checkpoint/safetensors-writer.ts';

let root = '';
let folderCount = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sharded-'));
});
afterAll(() => rm(root, { recursive: true }));

async function newFolder(): Promise<string> {
  folderCount += 1;
  const folder = join(root, String(folderCount));
  await mkdir(folder);
  return folder;
}

function byName(values: Iterable<unknown>): unknown[] {
  return [...values].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Everything a checkpoint says, in an order that does not depend on its files. */
async function contentOf(path: string): Promise<unknown> {
  await using checkpoint = await openCheckpoint(path);
  const { tensors, dynamicLinears, quantizedEmbeddings, ignoredEntries } = checkpoint.stateDict;
  const described: unknown[] = [];
  for (const tensor of [...tensors.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { dtype, shape, quantization } = tensor;
    described.push({ name: tensor.name, dtype, shape, quantization, elements: await tensor.readElements() });
  }
  return {
    format: checkpoint.format,
    globals: byName(checkpoint.globals),
    tensors: described,
    dynamicLinears: byName(dynamicLinears),
    quantizedEmbeddings: byName(quantizedEmbeddings),
    ignoredEntries: byName(ignoredEntries),
  };
}

/** An entry of a pickled state dict; `pickle` is given the keys of its storages. */
interface Entry {
  readonly name: string;
  readonly storages: readonly Uint8Array[];
  readonly pickle: (keys: readonly string[]) => string;
}

function tensorCall(storageClass: string, key: string, shape: readonly number[]): string {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const count = shape.reduce((product, size) => product * size, 1);
  const [size, stride] = [tuple(...shape.map(int)), tuple(...strides.map(int))];
  return call(
    'torch._utils',
    '_rebuild_tensor_v2',
    storage(storageClass, key, count),
    int(0),
    size,
    stride,
    '\x89',
    '}',
  );
}

function qtensor(key: string): string {
  const qparams = tuple(name('torch', 'per_tensor_affine'), 'G\x3f\xe0\0\0\0\0\0\0', int(3));
  const [size, stride] = [tuple(int(2), int(2)), tuple(int(2), int(1))];
  return call(
    'torch._utils',
    '_rebuild_qtensor',
    storage('QInt8Storage', key, 4),
    int(0),
    size,
    stride,
    qparams,
    '\x89',
    '}',
  );
}

const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const WEIGHT = Uint8Array.of(1, 255, 3, 128);

/** Entries of one module of each kind, whose parts a split may tear apart. */
const MODULES: ReadonlyArray<(module: string, seed: number) => readonly Entry[]> = [
  (module, seed) => [
    {
      name: `${module}.weight`,
      storages: [floats(seed, 2, 3, 4)],
      pickle: ([key = '']) => tensorCall('FloatStorage', key, [2, 2]),
    },
    {
      name: `${module}.bias`,
      storages: [floats(seed, 1)],
      pickle: ([key = '']) => tensorCall('FloatStorage', key, [2]),
    },
  ],
  // The layout of today: one tuple.
  (module, seed) => [
    { name: `${module}.scale`, storages: [floats(1)], pickle: ([key = '']) => tensorCall('FloatStorage', key, []) },
    {
      name: `${module}._packed_params._packed_params`,
      storages: [WEIGHT, floats(seed, 1)],
      pickle: ([weight = '', bias = '']) =>
        tuple(qtensor(weight), seed % 2 === 0 ? 'N' : tensorCall('FloatStorage', bias, [2])),
    },
    { name: `${module}._packed_params.dtype`, storages: [], pickle: () => name('torch', 'qint8') },
  ],
  // Version 2: weight and bias apart.
  (module, seed) => [
    { name: `${module}._packed_params.weight`, storages: [WEIGHT], pickle: ([key = '']) => qtensor(key) },
    {
      name: `${module}._packed_params.bias`,
      storages: [floats(seed, 1)],
      pickle: ([key = '']) => (seed % 2 === 0 ? 'N' : tensorCall('FloatStorage', key, [2])),
    },
  ],
  // Version 1: a zero point tells it from a plain Linear.
  (module, seed) => [
    { name: `${module}.weight`, storages: [WEIGHT], pickle: ([key = '']) => qtensor(key) },
    {
      name: `${module}.bias`,
      storages: [floats(seed, 1)],
      pickle: ([key = '']) => tensorCall('FloatStorage', key, [2]),
    },
    { name: `${module}.scale`, storages: [floats(1)], pickle: ([key = '']) => tensorCall('FloatStorage', key, []) },
    {
      name: `${module}.zero_point`,
      storages: [new Uint8Array(8)],
      pickle: ([key = '']) => tensorCall('LongStorage', key, []),
    },
  ],
  (module) => [
    { name: `${module}._packed_params._packed_weight`, storages: [WEIGHT], pickle: ([key = '']) => qtensor(key) },
  ],
  (module) => [{ name: `${module}.nothing`, storages: [], pickle: () => 'N' }],
];

function torchFile(entries: readonly Entry[]): Uint8Array {
  const storages: Uint8Array[] = [];
  const pickled = entries.map((entry) => {
    const keys = entry.storages.map((bytes) => String(storages.push(bytes) - 1));
    return [text(entry.name), entry.pickle(keys)] as const;
  });
  return torchZip(dict(pickled), ...storages);
}

/** Modules, and for each of at most 5 entries the shard it goes to. */
const split = fc.array(
  fc.record({
    kind: fc.nat({ max: MODULES.length - 1 }),
    seed: fc.nat({ max: 200 }),
    homes: fc.array(fc.nat({ max: 3 }), { minLength: 5, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 5 },
);

async function writeIndex(folder: string, weightMap: ReadonlyArray<readonly [string, string]>): Promise<string> {
  const path = join(folder, 'pytorch_model.bin.index.json');
  await writeFile(path, JSON.stringify({ metadata: {}, weight_map: Object.fromEntries(weightMap) }));
  return path;
}

describe('a checkpoint split at random', () => {
  it('reads as it does unsplit, written by torch', async () => {
    const always = {
      name: 'w',
      storages: [floats(7)],
      pickle: ([key = '']: readonly string[]) => tensorCall('FloatStorage', key, [1]),
    };
    await fc.assert(
      fc.asyncProperty(split, async (modules) => {
        const placed = modules.flatMap(({ kind, seed, homes }, index) =>
          (MODULES[kind]?.(`layer.${index}`, seed) ?? []).map((entry, at) => ({ entry, home: homes[at] ?? 0 })),
        );
        placed.push({ entry: always, home: 0 });
        const folder = await newFolder();
        await writeFile(join(folder, 'whole.bin'), torchFile(placed.map(({ entry }) => entry)));
        for (const home of new Set(placed.map((each) => each.home))) {
          const entries = placed.filter((each) => each.home === home).map(({ entry }) => entry);
          await writeFile(join(folder, `shard-${home}.bin`), torchFile(entries));
        }
        const map = placed.map(({ entry, home }) => [entry.name, `shard-${home}.bin`] as const);
        expect(await contentOf(await writeIndex(folder, map))).toEqual(await contentOf(join(folder, 'whole.bin')));
      }),
      { numRuns: 60 },
    );
  });

  it('reads as it does unsplit, in safetensors', async () => {
    const dtypes = fc.constantFrom(['F32', 4], ['I64', 8], ['BF16', 2], ['U8', 1], ['F8_E4M3', 1]);
    const tensors = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 8 }).filter((each) => each !== '__metadata__'),
        dtype: dtypes,
        count: fc.nat({ max: 20 }),
        home: fc.nat({ max: 3 }),
      }),
      { selector: ({ name: each }) => each, minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(tensors, async (described) => {
        const written = [{ name: 'a plain one', dtype: ['F32', 4], count: 1, home: 0 }, ...described].map(
          ({ name: each, dtype: [dtype, width], count, home }, index) => {
            const data = Uint8Array.from({ length: count * Number(width) }, (_, at) => (at + index) % 251);
            return { name: each, home, tensor: { dtype: String(dtype), shape: [count], data } satisfies WrittenTensor };
          },
        );
        const file = (parts: typeof written): Uint8Array =>
          writeSafetensors(Object.fromEntries(parts.map((part) => [part.name, part.tensor])));
        const folder = await newFolder();
        await writeFile(join(folder, 'whole.safetensors'), file(written));
        for (const home of new Set(written.map((each) => each.home)))
          await writeFile(join(folder, `shard-${home}`), file(written.filter((each) => each.home === home)));
        const map = written.map((each) => [each.name, `shard-${each.home}`] as const);
        expect(await contentOf(await writeIndex(folder, map))).toEqual(
          await contentOf(join(folder, 'whole.safetensors')),
        );
      }),
      { numRuns: 60 },
    );
  });
});
