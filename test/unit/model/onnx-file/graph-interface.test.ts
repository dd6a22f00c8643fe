import { describe, expect, it } from 'vitest';
import { JsonObject } from '../../../../src/model/json-object.ts';
import { graphInterface } from '../../../../src/model/onnx-file/graph-interface.ts';
import type { OnnxModel, OnnxValue } from '../../../../src/model/onnx-file/onnx-model.ts';
import { readyNetwork } from '../../../../src/model/onnx-file/ready-network.ts';

function value(name: string, type: OnnxValue['type'], ...dims: ReadonlyArray<string | number>): OnnxValue {
  return { name, type, dims };
}

const IDS: OnnxValue = value('input_ids', 'int64', 'batch', 'sequence');
const MASK: OnnxValue = value('attention_mask', 'int64', 'batch', 'sequence');
const TOKENS: OnnxValue = value('last_hidden_state', 'float32', 'batch', 'sequence', 8);
const SENTENCE: OnnxValue = value('sentence_embedding', 'float32', 'batch', 4);

function graph(inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): OnnxModel {
  return {
    path: 'model.onnx',
    sizeBytes: 100,
    producer: 'test',
    opsets: { 'ai.onnx': 17 },
    inputs,
    outputs,
    operators: {},
    constants: [
      { name: 'words', type: 'float32', dims: [30, 8], byteLength: 960 },
      { name: 'positions', type: 'float32', dims: [90, 7], byteLength: 2520 },
    ],
    integerFactors: [],
    dataFiles: [],
  };
}

function config(fields: Readonly<Record<string, unknown>>): JsonObject {
  return new JsonObject('config.json', fields);
}

describe('graphInterface', () => {
  it.each([
    [
      'the sentence embedding before tokens',
      [TOKENS, SENTENCE],
      { name: 'sentence_embedding', kind: 'sentence', width: 4 },
    ],
    [
      'tokens before what a pooler gives',
      [value('pooler_output', 'float32', 1, 8), TOKENS],
      { kind: 'tokens', width: 8 },
    ],
    [
      'the only output by its rank, tokens',
      [value('x', 'float16', 1, 'n', 8)],
      { name: 'x', kind: 'tokens', width: 8 },
    ],
    [
      'the only output by its rank, a sentence',
      [value('x', 'float32', 1, 8)],
      { name: 'x', kind: 'sentence', width: 8 },
    ],
    [
      'a width that is left open',
      [value('last_hidden_state', 'float32', 1, 'n', 'w')],
      { kind: 'tokens', width: null },
    ],
  ] as const)('takes %s', (_, outputs, output) => {
    expect(graphInterface(graph([IDS, MASK], outputs))).toMatchObject({ output, fixedLength: null });
  });

  it.each([
    [
      'two unknown outputs',
      [IDS],
      [value('x', 'float32', 1, 8), value('y', 'float32', 1, 8)],
      'gives x, y and no embeddings',
    ],
    ['an output of integers', [IDS], [value('x', 'int64', 1, 8)], 'gives x as int64 [1, 8]'],
    ['tokens of rank 2', [IDS], [value('last_hidden_state', 'float32', 1, 8)], 'as float32 [1, 8]'],
    ['a width beyond reason', [IDS], [value('x', 'float32', 1, 2 ** 40)], 'gives x as float32'],
    ['no ids', [MASK], [TOKENS], 'has no input named input_ids'],
    ['float ids', [value('input_ids', 'float32', 1, 'n')], [TOKENS], 'takes input_ids as float32'],
    ['an inherited name', [IDS, value('constructor', 'int64', 1, 'n')], [TOKENS], 'has the input "constructor"'],
    [
      'padding that no mask hides',
      [value('input_ids', 'int64', 1, 16)],
      [SENTENCE],
      'takes exactly 16 tokens and no attention_mask',
    ],
  ] as const)('refuses %s', (_, inputs, outputs, message) => {
    expect(() => graphInterface(graph(inputs, outputs))).toThrow(
      expect.objectContaining({ code: 'ONNX_UNSUPPORTED', message: expect.stringContaining(message) }),
    );
  });

  it('takes a fixed length without a mask where padding is not pooled', () => {
    const fixed = graph([value('input_ids', 'int64', 1, 16)], [TOKENS]);
    expect(graphInterface(fixed)).toMatchObject({ fixedLength: 16 });
  });
});

describe('readyNetwork', () => {
  it('believes the graph about the width of tokens, and config.json before a sentence embedding', () => {
    const other = config({ hidden_size: 6 });
    expect(readyNetwork(graph([IDS], [TOKENS]), other)).toMatchObject({ hiddenSize: 8, vocabularySize: 30 });
    // A Dense module within the graph changes the width behind the network.
    expect(readyNetwork(graph([IDS], [SENTENCE]), other)).toMatchObject({ hiddenSize: 6 });
    expect(readyNetwork(graph([IDS], [SENTENCE]), null)).toMatchObject({ hiddenSize: 4, maxPositions: 512 });
  });

  it('counts positions behind that of the padding token', () => {
    const roberta = config({ model_type: 'xlm-roberta', max_position_embeddings: 514, pad_token_id: 1 });
    expect(readyNetwork(graph([IDS], [TOKENS]), roberta)).toMatchObject({ maxPositions: 514, positionOffset: 2 });
    const fixed = graph([value('input_ids', 'int64', 1, 16), MASK], [TOKENS]);
    expect(readyNetwork(fixed, roberta)).toMatchObject({ maxPositions: 18, positionOffset: 2 });
  });

  it('looks through a great many constants', () => {
    const model = graph([IDS], [TOKENS]);
    const constants = Array.from({ length: 200_000 }, () => model.constants[0] ?? expect.unreachable());
    expect(readyNetwork({ ...model, constants }, null)).toMatchObject({ vocabularySize: 30 });
  });

  it('asks for config.json where nothing says how wide the output is', () => {
    const open = graph([IDS], [value('last_hidden_state', 'float32', 1, 'n', 'w')]);
    expect(() => readyNetwork(open, null)).toThrow(expect.objectContaining({ code: 'ONNX_UNSUPPORTED' }));
    expect(readyNetwork(open, config({ hidden_size: 6 }))).toMatchObject({ hiddenSize: 6 });
  });
});
