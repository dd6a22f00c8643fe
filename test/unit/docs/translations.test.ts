import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
/** Pages for contributors stay in English. */
const FOR_CONTRIBUTORS: ReadonlySet<string> = new Set(['architecture.md', 'adding-a-language.md']);
const pages = readdirSync(docs).filter((name) => name.endsWith('.md') && !FOR_CONTRIBUTORS.has(name));

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id);
}

/** Relative targets of the links of a page, without anchors. */
function linkTargets(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('user documentation', () => {
  it.each(pages)('%s stands in Brazilian Portuguese with the same places to link to', (name) => {
    const original = readFileSync(join(docs, name), 'utf8');
    const translated = readFileSync(join(docs, 'pt-BR', name), 'utf8');
    expect(anchorsOf(translated)).toEqual(anchorsOf(original));
    expect(translated).not.toBe(original);
  });

  it('has no translation without original', () => {
    expect(readdirSync(join(docs, 'pt-BR')).filter((name) => !existsSync(join(docs, name)))).toEqual([]);
  });

  it.each(pages.flatMap((name) => [name, join('pt-BR', name)]))('%s links to files that exist', (name) => {
    const path = join(docs, name);
    const missing = linkTargets(readFileSync(path, 'utf8')).filter(
      (target) => !existsSync(join(dirname(path), target)),
    );
    expect(missing).toEqual([]);
  });
});
