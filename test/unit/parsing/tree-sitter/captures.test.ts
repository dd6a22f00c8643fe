import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { LANGUAGES_URL } from '../../../../src/parsing/language-descriptors.ts';
import { loadGrammar } from '../../../../src/parsing/tree-sitter/grammar.ts';

const folder = mkdtempSync(join(tmpdir(), 'captures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const grammarUrl = new URL('go/parser.wasm', LANGUAGES_URL);

function queryFile(name: string, source: string): URL {
  const path = join(folder, name);
  writeFileSync(path, source);
  return pathToFileURL(path);
}

describe('loadGrammar', () => {
  it('accepts the vocabulary and private names', async () => {
    const query = queryFile('good.scm', '((identifier) @_private (#eq? @_private "x")) @definition.function');
    const grammar = await loadGrammar('go', grammarUrl, [query]);
    expect(grammar.symbols.captureNames).toContain('definition.function');
  });

  it.each(['definition.table', 'reference.executes', 'function', 'receivers'])('refuses @%s', async (capture) => {
    const query = queryFile('unknown.scm', `(identifier) @${capture}`);
    await expect(loadGrammar('go', grammarUrl, [query])).rejects.toMatchObject({
      code: 'PARSING_QUERY_INVALID',
      details: { language: 'go', capture },
    });
  });

  it('refuses a node type the grammar has not', async () => {
    const query = queryFile('node.scm', '(class_declaration) @name');
    await expect(loadGrammar('go', grammarUrl, [query])).rejects.toMatchObject({ code: 'PARSING_QUERY_INVALID' });
  });

  it('refuses a parser that is none', async () => {
    const parser = queryFile('parser.wasm', 'version https://git-lfs.github.com/spec/v1');
    await expect(loadGrammar('go', parser, [])).rejects.toMatchObject({ code: 'PARSING_GRAMMAR_INVALID' });
  });
});
