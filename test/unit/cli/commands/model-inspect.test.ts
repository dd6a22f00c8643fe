import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { printInspection } from '../../../../src/cli/commands/model-inspect.ts';
import { Terminal } from '../../../../src/cli/output/terminal.ts';
import { inspectModel } from '../../../../src/model/inspect-model.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from '../../model/model-folder.ts';
import { writeReadyGraph } from '../../model/onnx/ready/ready-fixtures.ts';
import { RecordedStream } from '../recorded-stream.ts';

async function printed(reference: string, columns = 80): Promise<string> {
  const stream = new RecordedStream({ isTTY: true, columns });
  printInspection(new Terminal(stream, {}), await inspectModel(reference));
  const text = stripVTControlCharacters(stream.text);
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
  return text;
}

describe('model inspect', () => {
  it('shows layers, evidence and what would run the embedded model, in 80 columns', async () => {
    const text = await printed(EMBEDDED_FOLDER);
    for (const line of [
      '  quantized     yes (pytorch-dynamic-int8), decided by content',
      '  computed      69 Linears in int8 as they are stored, 3 in float32; activations',
      '  quint8 per-channel       1 tensor     26,880,000 elements    26.9 MB',
      'Layers',
      '  69 int8       encoder.layer.{0-11}.attention.self.{query,key,value} (36)',
      '                encoder.layer.{1-3,6-11}.output.dense (9)',
      '  3 float       encoder.layer.{0,4-5}.output.dense (3)',
      '  quantized     embeddings.word_embeddings',
      '  + 0.30 name      multilingual-e5-small-int8: says int8',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('would run     yes, with onnxruntime-');
    expect(text).toContain('up to 512 tokens; prompts: query "query: "');
    expect(text).toContain('torch._utils._rebuild_qtensor');
  });

  it('shows why a model would not run, and what to do', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'model'), { 'config.json': '{"model_type": "gpt2"}' });
    const text = await printed(folder);
    expect(text).toContain('  would run     no: MODEL_UNSUPPORTED:');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('Name an ONNX export of this model');
  });

  it('shows the operators of a graph, and no control characters of its file name', async () => {
    await using temporary = await temporaryFolder();
    const path = await writeReadyGraph(join(temporary.path, 'evil\u001B[31m', 'model.onnx'), { numbers: 'int8' });
    await writeFile(join(temporary.path, 'config.json'), '{}');
    const stream = new RecordedStream({ columns: 80 });
    printInspection(new Terminal(stream, {}), await inspectModel(path));
    expect(stream.text).not.toContain('\u001B');
    expect(stream.text).toContain('1 DynamicQuantizeLinear');
    expect(stream.text).toContain('1 MatMulInteger');
  });
});
