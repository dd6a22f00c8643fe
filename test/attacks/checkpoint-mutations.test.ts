import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError, CheckpointFailure } from '../../src/checkpoint/checkpoint-error.ts';
import { listGlobals } from '../../src/checkpoint/list-globals.ts';
import { openCheckpointSource } from '../../src/checkpoint/open-checkpoint.ts';
import { OPCODES } from '../../src/checkpoint/pickle/opcodes.ts';
import { unpickle } from '../../src/checkpoint/pickle/unpickle.ts';
import { ALLOWED_GLOBALS, STORAGE_TAG } from '../../src/checkpoint/torch/torch-globals.ts';
import { readZipIndex } from '../../src/checkpoint/zip/zip-index.ts';
import { ByteSourceError } from '../../src/kernel/byte-source.ts';
import { fixturePath } from '../fixtures/checkpoint/fixture-files.ts';
import { WatchedSource } from '../fuzz/watched-source.ts';

interface Mutation {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Overwrites near the front or the end, where the structure is; positions are fractions of the file. */
const mutations = fc.array(
  fc.record({
    position: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.9, max: 1, noNaN: true })),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(new Uint8Array(4).fill(0xff), new Uint8Array(8).fill(0xff), new Uint8Array(4), new Uint8Array(8)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(original: Uint8Array, changes: readonly Mutation[], cut: number): Uint8Array {
  const bytes = original.slice();
  for (const { position, bytes: replacement } of changes) {
    const at = Math.floor(position * Math.max(bytes.length - replacement.length, 0));
    bytes.set(replacement.subarray(0, bytes.length - at), at);
  }
  return bytes.subarray(0, bytes.length - cut);
}

/** What may come out of a damaged file. */
const DOCUMENTED = /^(?:read|CHECKPOINT_[A-Z_]+)$/u;

/** `read`, the code of a documented error, or the name of any other. */
async function outcomeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'read';
  } catch (error) {
    if (error instanceof CheckpointError || error instanceof ByteSourceError) return error.code;
    throw error;
  }
}

/** Opens a file and reads every tensor. */
async function readAll(bytes: Uint8Array): Promise<void> {
  await using checkpoint = await openCheckpointSource(new WatchedSource(bytes));
  for (const tensor of checkpoint.stateDict.tensors.values()) {
    const elements = await tensor.readElements();
    const perByte = tensor.dtype === 'quint4x2' ? 2 : 1;
    expect(elements.byteLength).toBeLessThanOrEqual(perByte * bytes.length + 1);
  }
}

/** Without checksums, damage to the pickle reaches the machine that reads it. */
function withoutChecksums(file: string): Uint8Array {
  const bytes = Uint8Array.from(readFileSync(fixturePath(file)));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 20 <= bytes.length; at += 1) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 16, 0, true);
  }
  return bytes;
}

function safetensorsFile(): Uint8Array {
  const header = new TextEncoder().encode(
    JSON.stringify({
      __metadata__: { format: 'pt' },
      a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      b: { dtype: 'I64', shape: [2], data_offsets: [24, 40] },
    }),
  );
  const bytes = new Uint8Array(8 + header.length + 40);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

const SEEDS: ReadonlyArray<readonly [name: string, bytes: Uint8Array]> = [
  ['a small torch zip', withoutChecksums('bad/ok-minimal.bin')],
  ['a torch zip of every kind of tensor', withoutChecksums('torch213/zoo.bin')],
  ['a legacy stream of every kind of tensor', readFileSync(fixturePath('torch213/zoo.legacy.bin'))],
  ['a quantized list of scales', withoutChecksums('bad/q-scales-list.bin')],
  ['safetensors', safetensorsFile()],
];

describe('damaged at random', () => {
  it.each(SEEDS)('%s gives documented errors only, and never more than the file holds', async (_, original) => {
    expect(await outcomeOf(() => readAll(original))).toBe('read');
    await fc.assert(
      fc.asyncProperty(mutations, fc.nat({ max: 3 }), async (changes, cut) => {
        expect(await outcomeOf(() => readAll(mutate(original, changes, cut)))).toMatch(DOCUMENTED);
      }),
      { numRuns: 300 },
    );
  });

  it.each(SEEDS)('the globals of %s are listed or refused', async (_, original) => {
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        expect(await outcomeOf(() => listGlobals(new WatchedSource(mutate(original, changes, 0))))).toMatch(DOCUMENTED);
      }),
      { numRuns: 100 },
    );
  });

  it('the zip index of any bytes is refused in an orderly way', async () => {
    const signatures = fc.constantFrom(
      ...[0x0201, 0x0403, 0x0605, 0x0606, 0x0706].map((end) => [0x50, 0x4b, end & 0xff, end >> 8]),
    );
    const chunk = fc.oneof(signatures, fc.array(fc.nat({ max: 255 }), { maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 12 }), async (chunks) => {
        const source = new WatchedSource(Uint8Array.from(chunks.flat()));
        expect(await outcomeOf(() => readZipIndex(source, new CheckpointFailure('random')))).toMatch(DOCUMENTED);
      }),
      { numRuns: 500 },
    );
  });

  it('any sequence of opcodes ends with a value or a documented error', async () => {
    const opcode = fc.constantFrom(...[...OPCODES].filter(([, { isAllowed }]) => isAllowed).map(([code]) => code));
    const options = { byteOffset: 0, allowedGlobals: ALLOWED_GLOBALS, persistentIdTag: STORAGE_TAG };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(opcode, fc.nat({ max: 3 })), { maxLength: 60 }), async (codes) => {
        const bytes = Uint8Array.from(codes);
        const failure = new CheckpointFailure('random');
        expect(await outcomeOf(() => unpickle(bytes, { ...options, failure }))).toMatch(DOCUMENTED);
      }),
      { numRuns: 2000 },
    );
  });
});
