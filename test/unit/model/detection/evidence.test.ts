import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configEvidence } from '../../../../src/model/detection/config-evidence.ts';
import { nameEvidence } from '../../../../src/model/detection/name-evidence.ts';
import { readmeEvidence } from '../../../../src/model/detection/readme-evidence.ts';
import { temporaryFolder } from '../model-folder.ts';

describe('nameEvidence', () => {
  it.each([
    ['/models/elastic/multilingual-e5-small-optimized', ['says optimized'], 0.2],
    ['/models/acme/bge-int8', ['says int8'], 0.3],
    ['/models/acme/model_quantized.onnx', ['says quantized'], 0.3],
    ['/cache/models--acme--bge-gptq-4bit/snapshots/0123abcd', ['says gptq, 4bit'], 0.3],
  ])('reads %s', (path, details, weight) => {
    const evidence = nameEvidence(path);
    expect(evidence.map(({ detail }) => detail)).toEqual(details);
    expect(evidence[0]).toMatchObject({ kind: 'name', quantized: true, weight });
  });

  it.each(['/models/acme/plain', '/m/bge-unquantized', '/m/bge-non-quantized', '/m/bge-not-quantized', '/m/quantity'])(
    'sees nothing in %s',
    (path) => {
      expect(nameEvidence(path)).toEqual([]);
    },
  );
});

async function read(text: string): Promise<unknown> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'README.md'), text);
  return (await readmeEvidence(folder.path)).map(({ quantized, weight }) => [quantized, weight]);
}

describe('readmeEvidence', () => {
  it.each([
    ['tags', '---\ntags:\n- sentence-similarity\n- int8\n---\n# Model', [[true, 0.5]]],
    ['tags on one line', '---\ntags: [onnx, quantized]\n---\n', [[true, 0.5]]],
    ['the relation to its base', '---\nbase_model_relation: quantized\n---\n', [[true, 0.5]]],
    ['a claim', 'This model was quantized with PyTorch.', [[true, 0.3]]],
    ['another claim', 'A quantized version of intfloat/multilingual-e5-small.', [[true, 0.3]]],
    ['a mention', 'Quantization keeps the ranking.', [[true, 0.1]]],
    ['a link', 'A quantized version is available [here](https://hf.co/a/b-int8).', [[true, 0.05]]],
    ['a possibility', 'It can be quantized with Optimum.', [[true, 0.05]]],
    ['a denial', 'The weights are not quantized.', [[false, 0.2]]],
    ['another denial', 'This is the non-quantized model.', [[false, 0.2]]],
    [
      'a denial and a link',
      'Without any quantization. See [int8](b).',
      [
        [false, 0.2],
        [true, 0.05],
      ],
    ],
    ['an unquantized model', 'These are the unquantized weights.', []],
    ['code alone', 'Use it:\n```python\nload(quantized=True, dtype="int8")\n```\n', []],
    ['nothing', 'A model.', []],
  ])('weighs %s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it('does without a README', async () => {
    await using folder = await temporaryFolder();
    expect(await readmeEvidence(folder.path)).toEqual([]);
  });
});

describe('configEvidence', () => {
  it.each([
    [
      'config.json',
      '{"quantization_config": {"quant_method": "gptq", "bits": 4}}',
      'gptq',
      true,
      'quant_method is gptq, 4 bits',
    ],
    ['config.json', '{"quantization_config": {"quant_method": "torchao"}}', 'torchao', true, 'quant_method is torchao'],
    [
      'config.json',
      '{"quantization_config": {"load_in_8bit": true}}',
      'bitsandbytes',
      true,
      'load_in_8bit of bitsandbytes',
    ],
    ['config.json', '{"quantization_config": {"load_in_8bit": false, "load_in_4bit": false}}', null, false, 'are off'],
    [
      'quantize_config.json',
      '{"bits": 4, "group_size": 128}',
      'quantization_config',
      true,
      'of no known method, 4 bits',
    ],
    ['quantization_config.json', '{"quant_method": "awq"}', 'awq', true, 'quant_method is awq'],
    [
      'ort_config.json',
      '{"quantization": {"is_static": false}}',
      'onnx-int8',
      true,
      'quantized the ONNX graph, dynamic',
    ],
  ])('reads %s', async (name, text, method, quantized, detail) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, name), text);
    const found = await configEvidence(folder.path);
    expect(found.method).toBe(method);
    expect(found.evidence).toEqual([
      { kind: 'config', source: name, quantized, weight: 0.8, detail: expect.stringContaining(detail) },
    ]);
  });

  it('sees nothing in an ordinary configuration', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'config.json'), '{"model_type": "bert", "quantization_config": null}');
    await writeFile(join(folder.path, 'ort_config.json'), '{"optimization": {}}');
    expect(await configEvidence(folder.path)).toEqual({ evidence: [], method: null });
  });
});
