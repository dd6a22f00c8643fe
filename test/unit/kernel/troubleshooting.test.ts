import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { troubleshootingLink, troubleshootingSections } from '../../../src/kernel/troubleshooting.ts';

const documentation = fileURLToPath(new URL('../../../docs/', import.meta.url));

describe('troubleshootingLink', () => {
  it('leads to the section of the code', () => {
    expect(troubleshootingLink('CHECKPOINT_TRUNCATED')).toBe(`${documentation}troubleshooting.md#truncated`);
  });

  it('leads to the page where the code has no section, and nowhere for other areas', () => {
    expect(troubleshootingLink('MODEL_WORKER_FAILED')).toBe(`${documentation}troubleshooting.md`);
    expect(troubleshootingLink('STORE_FULL')).toBeUndefined();
    expect(troubleshootingLink('SEARCH_QUERY_EMPTY')).toBeUndefined();
  });

  it.each(['troubleshooting.md', 'pt-BR/troubleshooting.md'])('names only sections that %s has', (page) => {
    const text = readFileSync(`${documentation}${page}`, 'utf8');
    for (const [code, section] of troubleshootingSections()) expect(text, code).toContain(`<a id="${section}"></a>`);
  });
});
