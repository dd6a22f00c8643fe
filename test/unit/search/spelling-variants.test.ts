import { describe, expect, it } from 'vitest';
import { spellingVariants } from '../../../src/search/spelling-variants.ts';

describe('spellingVariants', () => {
  it.each([
    ['connections', 'connection'],
    ['connection', 'connections'],
    ['caching', 'cache'],
    ['cached', 'cache'],
    ['cache', 'caching'],
    ['running', 'run'],
    ['retries', 'retry'],
    ['retry', 'retries'],
    ['retried', 'retry'],
    ['classes', 'class'],
    ['caches', 'cache'],
    ['parse', 'parsed'],
    ['handled', 'handle'],
  ])('finds from %s the form %s', (word, form) => {
    expect(spellingVariants(word)).toContain(form);
  });

  it.each(['status', 'class', 'analysis', 'string', 'string', 'red', 'id', 'ção', '连接', 'sha256'])(
    'does not cut %s short',
    (word) => {
      for (const form of spellingVariants(word)) expect(form.length).toBeGreaterThan(word.length);
    },
  );

  it('gives no duplicates and never the word itself', () => {
    for (const word of ['boxes', 'keys', 'buses', 'stopped', 'used']) {
      const forms = spellingVariants(word);
      expect(new Set(forms).size).toBe(forms.length);
      expect(forms).not.toContain(word);
    }
  });
});
