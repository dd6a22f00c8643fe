import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, plural } from '../../../../src/cli/output/format.ts';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999.6, '1,000'],
    [1_234_567, '1,234,567'],
  ])('writes %d as %s', (value, expected) => {
    expect(formatCount(value)).toBe(expected);
  });
});

describe('plural', () => {
  it.each([
    [0, 'file', undefined, '0 files'],
    [1, 'file', undefined, '1 file'],
    [1_000, 'file', undefined, '1,000 files'],
    [2, 'entry', 'entries', '2 entries'],
  ])('writes %d %s', (count, one, many, expected) => {
    expect(plural(count, one, many)).toBe(expected);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [3_599_400, '59 min 59 s'],
    [3_599_600, '1 h 00 min'],
    [3_900_000, '1 h 05 min'],
  ])('writes %d ms as %s', (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});

describe('formatBytes', () => {
  it.each([
    [1, '1 byte'],
    [812, '812 bytes'],
    [4_100, '4.1 kB'],
    [999_960, '1.0 MB'],
    [55_800_000, '55.8 MB'],
    [999_960_000, '1.00 GB'],
    [2_500_000_000, '2.50 GB'],
  ])('writes %d as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});
