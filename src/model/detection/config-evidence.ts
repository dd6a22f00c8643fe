import { readJsonObject, type JsonObject } from '../json-object.ts';
import type { Findings, QuantizationEvidence } from './evidence.ts';

/** Files that only tools for quantization write, most common first. */
const OWN_FILES = ['quantization_config.json', 'quantize_config.json', 'quant_config.json'] as const;

/**
 * What the configuration of a model says: `quantization_config` of config.json or a file of its own, and what Optimum writes
 * beside quantized ONNX graphs.
 *
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID` for broken JSON.
 */
export async function configEvidence(folder: string): Promise<Findings> {
  const evidence: QuantizationEvidence[] = [];
  let method: string | null = null;
  const add = (source: string, found: { method: string | null; detail: string }): void => {
    evidence.push({ kind: 'config', source, quantized: found.method !== null, weight: 0.8, detail: found.detail });
    method ??= found.method;
  };
  for (const file of OWN_FILES) {
    const config = await readJsonObject(folder, file);
    if (config !== null) add(file, describe(config));
  }
  const model = await readJsonObject(folder, 'config.json');
  for (const field of ['quantization_config', 'compression_config']) {
    const config = model?.object(field) ?? null;
    if (config !== null) add('config.json', describe(config));
  }
  const optimum = (await readJsonObject(folder, 'ort_config.json'))?.object('quantization') ?? null;
  if (optimum !== null) {
    add('ort_config.json', { method: 'onnx-int8', detail: `Optimum quantized the ONNX graph${formatOf(optimum)}` });
  }
  return { evidence, method };
}

function describe(config: JsonObject): { method: string | null; detail: string } {
  const named = textOf(config, 'quant_method') ?? textOf(config, 'quant_type') ?? textOf(config, 'quantization_method');
  if (named !== null) return { method: named, detail: `quant_method is ${named}${bitsOf(config)}` };
  const loads = ['load_in_8bit', 'load_in_4bit'].filter((field) => config.get(field) === true);
  if (loads.length > 0) return { method: 'bitsandbytes', detail: `${loads.join(', ')} of bitsandbytes` };
  const denies = ['load_in_8bit', 'load_in_4bit'].some((field) => config.get(field) === false);
  if (denies) return { method: null, detail: 'load_in_8bit and load_in_4bit are off' };
  return { method: 'quantization_config', detail: `there is one, of no known method${bitsOf(config)}` };
}

function textOf(config: JsonObject, field: string): string | null {
  const value = config.get(field);
  return typeof value === 'string' && value !== '' ? value.slice(0, 60) : null;
}

function bitsOf(config: JsonObject): string {
  const bits = config.get('bits') ?? config.get('w_bit');
  return typeof bits === 'number' ? `, ${bits} bits` : '';
}

function formatOf(config: JsonObject): string {
  const isStatic = config.get('is_static');
  return typeof isStatic === 'boolean' ? (isStatic ? ', static' : ', dynamic') : '';
}
