import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CheckpointFailure } from '../../src/checkpoint/checkpoint-error.ts';
import { listGlobals } from '../../src/checkpoint/list-globals.ts';
import { openCheckpointSource } from '../../src/checkpoint/open-checkpoint.ts';
import { parseShardIndex } from '../../src/checkpoint/shard-index.ts';
import { graphInterface } from '../../src/model/onnx-file/graph-interface.ts';
import { graphNumbers } from '../../src/model/onnx-file/graph-numbers.ts';
import { readOnnxSource } from '../../src/model/onnx-file/read-onnx-model.ts';
import { readyNetwork } from '../../src/model/onnx-file/ready-network.ts';
import { fixturePath } from '../fixtures/checkpoint/fixture-files.ts';
import { writeSafetensors } from '../fixtures/checkpoint/safetensors-writer.ts';
import { readyGraph } from '../unit/model/onnx/ready/ready-fixtures.ts';
import { packedModules, streamWithView } from './checkpoint-seeds.ts';
import { edgeBytes, mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { mutatePickle, splitPickle } from './mutate-pickle.ts';
import { mutateTorchZip, splitTorchZip } from './mutate-zip.ts';
import { modelOfEveryKind } from './onnx-seeds.ts';
import type { Random } from './random.ts';
import { tokenizerTarget, vocabularyTarget } from './tokenizer-targets.ts';
import { WatchedSource } from './watched-source.ts';

export const FUZZ_TARGETS = ['checkpoint', 'safetensors', 'tokenizer', 'vocabulary', 'shard-index', 'onnx'] as const;
export type FuzzTargetName = (typeof FUZZ_TARGETS)[number];

/** A reader to be tried with damaged files. */
export interface FuzzTarget {
  /** The sound files it damages. */
  readonly seeds: readonly Uint8Array[];
  /** A damaged file; the same random numbers give the same. */
  readonly damage: (random: Random) => Uint8Array;
  /** Reads it to the end; what is not as it must be is thrown as a plain `Error`. */
  readonly read: (bytes: Uint8Array) => Promise<void> | void;
}

async function readCheckpoint(bytes: Uint8Array): Promise<void> {
  await listGlobals(new WatchedSource(bytes)).catch(throwUnknown);
  await using checkpoint = await openCheckpointSource(new WatchedSource(bytes), { verifyTensorCrc: true });
  for (const tensor of checkpoint.stateDict.tensors.values()) {
    const elements = await tensor.readElements();
    const perByte = tensor.dtype === 'quint4x2' ? 2 : 1;
    if (elements.byteLength > perByte * bytes.length + 1)
      throw new Error(`tensor ${tensor.name} has ${elements.byteLength} bytes`);
    if (!tensor.dtype.startsWith('complex')) await tensor.readFloat32({ rowCount: Math.min(1, tensor.shape[0] ?? 1) });
  }
}

/** Lets documented errors pass: the same file is read once more, by the function whose error counts. */
function throwUnknown(error: unknown): void {
  if (!(error instanceof Error) || !('code' in error)) throw error;
}

function fixture(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(fixturePath(name)));
}

/** One of them; seldom the last one. */
function pickOne<T>(of: readonly T[], random: Random): T {
  return random.pick(random.chance(0.05) ? of.slice(-1) : of.slice(0, -1));
}

function checkpointTarget(): FuzzTarget {
  const small = ['ok-minimal', 'q-scales-list', 'zip-no-byteorder'].map((name) => fixture(`bad/${name}.bin`));
  const packed = packedModules();
  // Small files stand more than once: the last takes ten times as long.
  const files = [...small, packed, packed, fixture('torch213/zoo.bin')];
  const archives = files.map(splitTorchZip);
  // Five pickles: magic number, protocol, system, state dict, storage keys.
  const streams = [streamWithView(), fixture('torch213/zoo.legacy.bin')];
  const lists = streams.map((stream) => splitPickle(stream, 5));
  return {
    seeds: [...files, ...streams],
    damage(random) {
      if (random.chance(0.15))
        return random.chance(0.7)
          ? mutatePickle(pickOne(lists, random), random)
          : mutateBytes(pickOne(streams, random), random, pickOne(streams, random));
      if (random.chance(0.75)) return mutateTorchZip(pickOne(archives, random), random);
      return mutateBytes(pickOne(files, random), random, pickOne(files, random));
    },
    read: readCheckpoint,
  };
}

function safetensorsTarget(): FuzzTarget {
  const header = {
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    b: { dtype: 'I64', shape: [2], data_offsets: [24, 40] },
    c: { dtype: 'BF16', shape: [], data_offsets: [40, 42] },
    d: { dtype: 'U8', shape: [0, 5], data_offsets: [42, 42] },
    e: { dtype: 'F8_E4M3', shape: [6], data_offsets: [42, 48] },
  };
  const sound = writeSafetensors({
    a: { dtype: 'F32', shape: [2, 3], data: new Uint8Array(24) },
    b: { dtype: 'BOOL', shape: [2], data: new Uint8Array(2) },
  });
  return {
    seeds: [sound],
    damage(random) {
      if (random.chance(0.3)) return mutateBytes(sound, random, sound);
      const json = Buffer.from(mutateJson(header, random));
      const text = random.chance(0.15) ? mutateBytes(json, random, json) : json;
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      if (random.chance(0.05)) length.set(edgeBytes(random, 8));
      return Buffer.concat([length, text, new Uint8Array(random.chance(0.9) ? 48 : random.below(100))]);
    },
    read: readCheckpoint,
  };
}

function shardIndexTarget(): FuzzTarget {
  const document = {
    metadata: { total_size: 1234, other: [1] },
    weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors', 'c.weight': 'x.bin' },
  };
  const text = Buffer.from(JSON.stringify(document));
  return {
    seeds: [text],
    damage: (random) =>
      random.chance(0.4) ? mutateBytes(text, random, text) : Buffer.from(mutateJson(document, random)),
    read(bytes) {
      const { shards } = parseShardIndex(bytes, new CheckpointFailure('model.index.json'));
      for (const shard of shards) if (/[/\\]|^\.{0,2}$/u.test(shard)) throw new Error(`${shard} lies elsewhere`);
    },
  };
}

/** The graphs stand for a file of the folder that this one is in; the bytes of both do not matter. */
const DATA_FILE = 'zoo.bin';

function onnxTarget(): FuzzTarget {
  const graphs = [
    readyGraph({ numbers: 'int8' }).serialize(null).model,
    readyGraph({ numbers: 'int8-weights', length: 16 }).serialize(null).model,
    readyGraph({ vocabulary: 100 }).serialize(DATA_FILE).model,
    modelOfEveryKind(DATA_FILE),
  ];
  const path = fixturePath('torch213/zoo.legacy.bin');
  return {
    seeds: graphs,
    damage: (random) =>
      random.chance(0.7)
        ? mutateProtobuf(random.pick(graphs), random)
        : mutateBytes(random.pick(graphs), random, random.pick(graphs)),
    async read(bytes) {
      const model = await readOnnxSource(new WatchedSource(bytes, path));
      graphNumbers(model);
      const { fixedLength } = graphInterface(model);
      const { hiddenSize, maxPositions } = readyNetwork(model, null);
      if ((fixedLength ?? 0) > 1e6 || hiddenSize > 1e6 || maxPositions > 1e6) throw new Error('sizes beyond reason');
      for (const file of model.dataFiles)
        if (dirname(file) !== dirname(path)) throw new Error(`${file} lies elsewhere`);
    },
  };
}

const MAKERS: Readonly<Record<FuzzTargetName, () => FuzzTarget>> = {
  checkpoint: checkpointTarget,
  safetensors: safetensorsTarget,
  tokenizer: tokenizerTarget,
  vocabulary: vocabularyTarget,
  'shard-index': shardIndexTarget,
  onnx: onnxTarget,
};

/** Reads the seeds and makes a target of them. */
export function makeTarget(name: FuzzTargetName): FuzzTarget {
  return MAKERS[name]();
}
