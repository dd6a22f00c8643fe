import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CodeGraphError } from '../../src/kernel/errors.ts';
import { graphInterface } from '../../src/model/onnx-file/graph-interface.ts';
import { graphNumbers } from '../../src/model/onnx-file/graph-numbers.ts';
import { readOnnxModel } from '../../src/model/onnx-file/read-onnx-model.ts';
import { readyNetwork } from '../../src/model/onnx-file/ready-network.ts';
import { temporaryFolder } from '../unit/model/model-folder.ts';
import { readyGraph } from '../unit/model/onnx/ready/ready-fixtures.ts';
import { randomNumbers } from '../unit/model/synthetic-model.ts';

const MUTANTS = 1500;

/** Whole numbers below a limit. */
function integers(seed: number): (limit: number) => number {
  const random = randomNumbers(seed);
  return (limit) => Math.min(limit - 1, Math.floor(((random() + 1) / 2) * limit));
}

/** Changes, cuts, doubles or removes some bytes. */
function mutate(bytes: Uint8Array, below: (limit: number) => number): Uint8Array {
  const at = below(bytes.length);
  const length = 1 + below(8);
  switch (below(5)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + length))]);
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at + length), ...bytes.subarray(at)]);
    case 3:
      return bytes.with(at, [0, 1, 0x7f, 0x80, 0xff][below(5)] ?? 0);
    default:
      return Uint8Array.from(bytes, (byte, index) => (index >= at && index < at + length ? below(256) : byte));
  }
}

describe('mutated ONNX graphs', () => {
  it('are read, or refused with an error that has a code', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.onnx');
    await writeFile(join(folder.path, 'model.onnx.data'), new Uint8Array(4096));
    const originals = [
      readyGraph({ numbers: 'int8' }).serialize(null).model,
      readyGraph({ vocabulary: 100 }).serialize('model.onnx.data').model,
    ];
    const below = integers(7);
    const outcomes = new Map<string, number>();
    for (let mutant = 0; mutant < MUTANTS; mutant++) {
      let bytes = originals[mutant % originals.length] ?? new Uint8Array(0);
      for (let change = below(3); change >= 0; change--) bytes = mutate(bytes, below);
      await writeFile(path, bytes);
      const outcome = await readOnnxModel(path).then(
        (model) => {
          try {
            graphNumbers(model);
            graphInterface(model);
            readyNetwork(model, null);
            return 'read';
          } catch (error) {
            return outcomeOf(error);
          }
        },
        (error: unknown) => outcomeOf(error),
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const known = ['read', 'ONNX_MALFORMED', 'ONNX_LIMIT_EXCEEDED', 'ONNX_EXTERNAL_DATA', 'ONNX_UNSUPPORTED'];
    expect([...outcomes.keys()].filter((outcome) => !known.includes(outcome))).toEqual([]);
    expect(outcomes.get('ONNX_MALFORMED')).toBeGreaterThan(MUTANTS / 4);
    expect(outcomes.get('read')).toBeGreaterThan(0);
  });
});

function outcomeOf(error: unknown): string {
  return CodeGraphError.isInstance(error) ? error.code : String(error);
}
