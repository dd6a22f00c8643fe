import { describe, expect, it } from 'vitest';
import { firstSentence, plainDocumentation } from '../../../src/chunking/plain-documentation.ts';

describe('plainDocumentation', () => {
  it.each([
    ['Waits for a {@link Pool#idle idle one}.', 'Waits for a Pool#idle idle one.'],
    ['Sets {@code a < b} <p>and <a href="x">more</a></p>', 'Sets a < b and more'],
    ['Calls :meth:`run` twice.', 'Calls `run` twice.'],
    ['Keeps one open.\n@author Somebody\n@since 1.2\n@param size how many', 'Keeps one open. @param size how many'],
    ['Keeps one open. @author Somebody @param size how many', 'Keeps one open. @param size how many'],
    ['Returns 1 if 3 < 4 or 5 > 4.', 'Returns 1 if 3 < 4 or 5 > 4.'],
    ['  ', ''],
  ])('cleans %j', (documentation, plain) => {
    expect(plainDocumentation(documentation)).toBe(plain);
  });

  it('reads no more than a chunk could hold', () => {
    expect(plainDocumentation('word '.repeat(1_000_000)).length).toBeLessThan(2_001);
  });
});

describe('firstSentence', () => {
  it('ends at a mark before a blank, and not within a number', () => {
    expect(firstSentence('Waits 2.5 seconds for one. Then throws.')).toBe('Waits 2.5 seconds for one.');
  });

  it('is all of it where no sentence ends', () => {
    expect(firstSentence('Waits for one')).toBe('Waits for one');
    expect(firstSentence('')).toBe('');
  });
});
