import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/indexing/discovery/decode-text.ts';
import { LANGUAGES_URL, languageDescriptors } from '../../src/parsing/language-descriptors.ts';
import { loadLanguage } from '../../src/parsing/language-registry.ts';
import { sourceMonster } from '../fuzz/source-monsters.ts';

const COUNT = 1_000;
const SEED = 20_261_123;
/** What one file may take, as the parser's own limit has it. */
const LIMIT_MS = 5_000;

function samplesOf(id: string): string[] {
  const folder = new URL(`${id}/fixtures/`, LANGUAGES_URL);
  if (!existsSync(folder)) return ['SELECT 1;\n'];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));
}

/** What stands around code in files that hold other text too. */
const FRAMES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  php: ['<?php ', ''],
  vue: ['<script>\n', '\n</script>'],
  svelte: ['<script>\n', '\n</script>'],
};

describe.each(languageDescriptors().map(({ id, engine }) => ({ id, engine })))('$id', ({ id, engine }) => {
  it(`survives ${COUNT} monsters and says what is wrong with them`, { timeout: 120_000 }, async () => {
    const language = await loadLanguage(id);
    const samples = samplesOf(id);
    const silent: string[] = [];
    const slow: string[] = [];
    for (let number = 0; number < COUNT; number++) {
      const monster = sourceMonster(SEED, number, samples);
      const [before, after] = (monster.isUnbalanced ? FRAMES[id] : undefined) ?? ['', ''];
      const text = before + decodeText(monster.bytes).text + after;
      const started = performance.now();
      const file = language.parse('monster', text);
      const tookMs = performance.now() - started;
      const title = `${number}: ${monster.name}`;
      if (tookMs > LIMIT_MS) slow.push(`${title}: ${Math.round(tookMs)} ms`);
      // The parser of SQL looks for statements, and between them takes anything for text.
      if (monster.isUnbalanced && engine !== 'sql' && file.diagnostics.length === 0) silent.push(title);
      for (const { parent, range } of file.definitions) {
        if (parent >= file.definitions.length || range.endOffset > text.length) throw new Error(`${title}: bad range`);
      }
    }
    expect(slow).toEqual([]);
    expect(silent).toEqual([]);
  });
});
