import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../kernel/errors.ts';

/** Larger files are no README or config.json (CWE-770). */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const HUB_ID = /^[A-Za-z0-9_][\w.-]{0,95}\/[\w.-]{1,96}$/;

/**
 * Models whose tokenizer models with that many embeddings nearly always share: XLM-RoBERTa's 250,002 pieces, padded or not.
 * Vocabularies of other sizes are left out: two of one size may differ, which would make wrong vectors without a word.
 */
const FAMILIES: ReadonlyMap<number, readonly string[]> = new Map([
  [250_037, ['intfloat/multilingual-e5-small']],
  [250_002, ['intfloat/multilingual-e5-base', 'FacebookAI/xlm-roberta-base']],
]);

/** The embedded default: serves copies of it whose tokenizer was lost. */
const EMBEDDED = 'codegraphai/multilingual-e5-small-int8';

/**
 * Hub ids of the models a model may have its tokenizer from, the surest first: `base_model` in the front matter of its
 * README.md, `_name_or_path` of its config.json, the family with as many embeddings, the embedded default.
 *
 * @param vocabularySize - Rows of its word embeddings; null when unknown.
 */
export async function baseModelIds(folder: string, vocabularySize: number | null): Promise<readonly string[]> {
  const readme = await readText(join(folder, 'README.md'));
  const config = await readFields(join(folder, 'config.json'));
  const path = config.get('_name_or_path');
  const family = vocabularySize === null ? [] : (FAMILIES.get(vocabularySize) ?? []);
  const ids = [...frontMatterBases(readme ?? ''), ...(typeof path === 'string' ? [path] : []), ...family, EMBEDDED];
  return [...new Set(ids)].filter((id) => HUB_ID.test(id) && !id.includes('..'));
}

/** `vocab_size` of a folder's config.json, or null. */
export async function configVocabularySize(folder: string): Promise<number | null> {
  const size = (await readFields(join(folder, 'config.json'))).get('vocab_size');
  return typeof size === 'number' && Number.isInteger(size) && size > 0 ? size : null;
}

/** `base_model: id`, `base_model: [id, id]`, or a list of lines `- id`. */
function frontMatterBases(readme: string): string[] {
  const [, matter] = /^\uFEFF?---\r?\n([^]{0,65536}?)\r?\n---/.exec(readme) ?? [];
  const lines = (matter ?? '').split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith('base_model:'));
  if (start < 0) return [];
  const [, inline = ''] = (lines[start] ?? '').split(/:(.*)/, 2);
  const end = lines.findIndex((line, index) => index > start && !/^\s*-\s/.test(line));
  const list = lines.slice(start + 1, end < 0 ? lines.length : end).map((line) => line.replace(/^\s*-\s/, ''));
  return [...inline.replace(/^\s*\[|\]\s*$/g, '').split(','), ...list]
    .map((id) => id.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .filter((id) => id !== '');
}

async function readFields(path: string): Promise<ReadonlyMap<string, unknown>> {
  try {
    const value: unknown = JSON.parse((await readText(path)) ?? '{}');
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  } catch (cause) {
    if (cause instanceof SyntaxError) return new Map(); // Only a source of hints here: whoever needs it reports it.
    throw cause;
  }
}

/** Text of a file, or null when it is not there or cannot serve. */
async function readText(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= MAX_TEXT_BYTES ? await readFile(path, 'utf8') : null;
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    return null;
  }
}
