import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../kernel/errors.ts';
import type { QuantizationEvidence } from './evidence.ts';

/** Most of a README that is looked at: model cards say it at the top. */
const README_BYTES = 64 * 1024;
/** Longest sentence that is looked at; what has no full stop is cut. */
const MAX_SENTENCE = 1000;

const QUANTIZATION = /\b(?:quanti[sz](?:ed|ation)|q?u?int8|[48]-?bit)\b/i;
/** Tags of a model card that say it of the model itself. */
const TAGS =
  /^(?:quanti[sz]ed|quantization|u?int8|int4|8-?bit|4-?bit|gptq|awq|bitsandbytes|compressed-tensors|torchao)$/i;
const NEGATED =
  /\b(?:not|non|no|never|without|isn't|aren't|neither|un)[\s-]+(?:[\w-]+\s+){0,3}?(?:quanti[sz]|q?u?int8|[48]-?bit)/i;
/** What is said of another model: a link, or a word that points away. */
const ELSEWHERE =
  /\]\(|https?:|\b(?:see|also|available|alternative(?:ly)?|instead|other|another|if you (?:need|want)|can be|could be|may be|to quanti[sz]e|supports?)\b/i;
const CLAIM =
  /\b(?:this|the|these|our)\s+(?:[\w-]+\s+){0,3}?(?:model|checkpoint|weights|version|variant|repo(?:sitory)?|file)s?\b[^.]{0,80}\bquanti[sz]ed\b|\bquanti[sz]ed\s+(?:[\w-]+\s+){0,2}?(?:version|variant|copy|form|checkpoint)\s+of\b/i;

/** What a model card says: strongest in its tags, less in a claim of its text, hardly anything in a mention or a link. */
export async function readmeEvidence(folder: string): Promise<QuantizationEvidence[]> {
  const text = await readStart(join(folder, 'README.md'));
  const { tags, body } = splitFrontMatter(text);
  const evidence: QuantizationEvidence[] = [];
  const add = (quantized: boolean, weight: number, detail: string): void => {
    evidence.push({ kind: 'readme', source: 'README.md', quantized, weight, detail });
  };
  if (tags.length > 0) add(true, 0.5, `tagged ${tags.join(', ')}`);
  const sentences = sentencesOf(body).filter((sentence) => QUANTIZATION.test(sentence));
  const denied = sentences.find((sentence) => NEGATED.test(sentence));
  const claimed = sentences.find(
    (sentence) => !NEGATED.test(sentence) && !ELSEWHERE.test(sentence) && CLAIM.test(sentence),
  );
  const mentioned = sentences.find((sentence) => !NEGATED.test(sentence));
  if (denied !== undefined) add(false, 0.2, `denies it: ${excerpt(denied)}`);
  if (claimed !== undefined) add(true, 0.3, `says of the model: ${excerpt(claimed)}`);
  else if (mentioned !== undefined && tags.length === 0) {
    const elsewhere = ELSEWHERE.test(mentioned);
    add(true, elsewhere ? 0.05 : 0.1, `${elsewhere ? 'points to another' : 'mentions it'}: ${excerpt(mentioned)}`);
  }
  return evidence;
}

/** The YAML block a model card begins with, as far as it lists tags. */
function splitFrontMatter(text: string): { tags: string[]; body: string } {
  const block = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  if (block === null) return { tags: [], body: text };
  const lines = (block[1] ?? '').split(/\r?\n/);
  const items = lines.flatMap((line) => /^\s*-\s+["']?([^"']+?)["']?\s*$/.exec(line)?.[1] ?? []);
  const inline = lines.flatMap((line) => /^tags:\s*\[(.*)\]/.exec(line)?.[1]?.split(',') ?? []);
  const relation = lines.flatMap((line) => /^base_model_relation:\s*(\S+)/.exec(line)?.[1] ?? []);
  const tags = [...items, ...inline, ...relation].map((tag) => tag.trim()).filter((tag) => TAGS.test(tag));
  return { tags: [...new Set(tags)], body: text.slice(block[0].length) };
}

/** Sentences and lines of a text, code left out. */
function sentencesOf(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?(?:```|$)/g, ' ');
  return prose
    .split(/\n\s*\n|\n(?=\s*(?:[-*#|>]|\d+\.))|(?<=[.!?])\s+/)
    .map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_SENTENCE));
}

function excerpt(sentence: string): string {
  return sentence.length <= 100 ? sentence : `${sentence.slice(0, 99)}…`;
}

/** The first {@link README_BYTES} of a text file, empty when there is none. */
async function readStart(path: string): Promise<string> {
  try {
    // Opening a named pipe would wait for its other end.
    if (!(await stat(path)).isFile()) return '';
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(README_BYTES), 0, README_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(systemErrorCode(cause) ?? '')) return '';
    throw cause;
  }
}
