import { basename, dirname } from 'node:path';
import type { QuantizationEvidence } from './evidence.ts';

/** Words of a name that say "quantized", with how sure they are: "optimized" may also mean another graph. */
const NAME_WORDS: ReadonlyMap<string, number> = new Map([
  ...'quantized quantised quant int8 uint8 qint8 quint8 int4 uint4 8bit 4bit gptq awq bnb bnb4'
    .split(' ')
    .map((word) => [word, 0.3] as const),
  ...'optimized optimised q8 q4 w8a8 w4a16'.split(' ').map((word) => [word, 0.2] as const),
]);
/** Words that turn the next one around. */
const NEGATIONS: ReadonlySet<string> = new Set(['not', 'non', 'no', 'un', 'de', 'without']);

/** What the names of a model's file, folder and the folder around it say. */
export function nameEvidence(path: string): QuantizationEvidence[] {
  const [own, parent] = [basename(path), dirname(path)];
  // <cache>/models--<org>--<name>/snapshots/<commit>: the commit says nothing.
  const names =
    basename(parent) === 'snapshots'
      ? [basename(dirname(parent))]
      : [...new Set([basename(parent), own])].filter((name) => name !== '');
  return names.flatMap((name) => {
    const words = wordsOf(name);
    if (words.length === 0) return [];
    const weight = Math.max(...words.map((word) => NAME_WORDS.get(word) ?? 0));
    return [{ kind: 'name' as const, source: name, quantized: true, weight, detail: `says ${words.join(', ')}` }];
  });
}

function wordsOf(name: string): string[] {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return words.filter((word, index) => NAME_WORDS.has(word) && !NEGATIONS.has(words[index - 1] ?? ''));
}
