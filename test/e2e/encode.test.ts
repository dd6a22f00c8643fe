import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A float network with 60 words and no tokenizer. */
const FLOAT_MODEL = fileURLToPath(new URL('../fixtures/model/networks/bert-cls', import.meta.url));

interface Line {
  readonly index: number;
  readonly tokens: number;
  readonly truncated: boolean;
  readonly windows: number;
  readonly embedding: number[];
}

function encode(args: readonly string[], options: { cwd: string; input?: string }): Line[] {
  const { status, stdout, stderr } = runCli(['encode', ...args], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('codegraphai encode', () => {
  it('says in how many windows a text was encoded, and whether it was cut', () => {
    using folder = temporaryFolder();
    const input = `${JSON.stringify('the '.repeat(20))}\n"short"\n`;
    const args = ['--jsonl', '--max-tokens', '12', '--dimensions', '3'];
    const lines = encode(args, { cwd: folder.path, input });
    expect(lines).toMatchObject([
      { index: 0, tokens: 22, truncated: false, windows: 2 },
      { index: 1, truncated: false, windows: 1 },
    ]);
    // What is left of the dimensions is normalized again.
    for (const { embedding } of lines) expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
    const [cut] = encode([...args, '--long-texts', 'truncate'], { cwd: folder.path, input });
    expect(cut).toMatchObject({ tokens: 22, truncated: true, windows: 1 });
  });

  it('runs float weights as they are where float32 is asked for', () => {
    using folder = temporaryFolder();
    const cwd = folder.path;
    const model = join(cwd, 'float-model');
    cpSync(FLOAT_MODEL, model, { recursive: true });
    const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...Array.from({ length: 55 }, (_, at) => `word${at}`)];
    writeFileSync(join(model, 'vocab.txt'), `${words.join('\n')}\n`);
    const args = ['word1 word2 word3', '--strict', '--model', model];
    const [[quantized], [whole]] = [encode(args, { cwd }), encode([...args, '--precision', 'float32'], { cwd })];
    expect(quantized?.tokens).toBe(5);
    expect(whole?.embedding).toHaveLength(24);
    expect(whole?.embedding).not.toEqual(quantized?.embedding);
  });

  it('takes the ranges of int8 from all texts, and those of a query from a file', () => {
    using folder = temporaryFolder();
    const cwd = folder.path;
    const args = ['--precision', 'uint8', '--dimensions', '16'];
    const input = 'open a file\nclose a file\ncancel the order\n'.repeat(100);
    const lines = encode(['-', ...args, '--write-ranges', 'ranges.json'], { cwd, input });
    expect(lines.map(({ index }) => index)).toEqual([...lines.keys()]);
    expect(lines).toHaveLength(300);
    for (let dimension = 0; dimension < 16; dimension++) {
      const column = lines.map(({ embedding }) => embedding[dimension]!);
      expect(Math.min(...column)).toBe(0);
      expect(Math.max(...column)).toBeGreaterThan(253);
      expect(column.every(Number.isInteger)).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(cwd, 'ranges.json'), 'utf8'))).toHaveLength(2);
    const [again] = encode(['open a file', ...args, '--ranges', 'ranges.json'], { cwd });
    expect(again?.embedding).toEqual(lines[0]?.embedding);
  });

  it('packs signs, and adds a prompt by its name', () => {
    using folder = temporaryFolder();
    const options = { cwd: folder.path };
    const [[byName], [written], [query]] = [
      encode(['x', '--precision', 'ubinary', '--prompt-name', 'query'], options),
      encode(['x', '--precision', 'ubinary', '--prompt', 'query: '], options),
      encode(['x', '--precision', 'binary', '--query'], options),
    ];
    expect(byName?.embedding).toHaveLength(48);
    expect(written).toEqual(byName);
    expect(query?.embedding).toEqual(byName?.embedding.map((byte) => byte - 128));
  });

  it('refuses what does not fit together', () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'few.json'), '[[0, 0], [1, 1]]');
    writeFileSync(join(folder.path, 'turned.json'), '[[0, 1], [1, 0]]');
    writeFileSync(join(folder.path, 'none.json'), '{}');
    const ranged = ['x', '--precision', 'int8'];
    for (const [args, message] of [
      [['x', '--query', '--prompt', 'y'], '--query and --prompt exclude each other'],
      [['x', '--prompt-name', 'nothing'], 'has no prompt named "nothing"'],
      [['x', '--ranges', 'few.json'], '--ranges belongs to --precision int8'],
      [[...ranged, '--ranges', 'a', '--write-ranges', 'b'], '--ranges and --write-ranges exclude each other'],
      [ranged, 'needs the ranges of more than one text'],
      [[...ranged, '--ranges', 'few.json'], 'does not hold two lists of 384 numbers'],
      [[...ranged, '--ranges', 'none.json'], 'does not hold two lists of 384 numbers'],
      [[...ranged, '--dimensions', '2', '--ranges', 'turned.json'], 'dimension 1 ends before it begins'],
      [[...ranged, '--ranges', 'absent.json'], 'absent.json cannot be read'],
      [[...ranged, '--write-ranges', 'absent/new.json'], 'cannot be written to'],
      [[...ranged, '--write-ranges', '.'], 'it is a folder'],
      [['x', '--max-tokens', '600'], '--max-tokens is 600, and the network'],
      [['x', '--precision', 'int4'], '--precision is one of float32'],
    ] as const) {
      const { status, stdout, stderr } = runCli(['encode', ...args], { cwd: folder.path });
      expect({ status, stdout }, message).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(message);
    }
  });

  it('says which devices there are', () => {
    using folder = temporaryFolder();
    const { status, stderr } = runCli(['encode', 'x', '--device', 'abacus'], { cwd: folder.path });
    expect(status).toBe(4);
    expect(stderr).toMatch(/^error: device "abacus" is not available.*\nhint: Use "cpu"/);
  });
});
