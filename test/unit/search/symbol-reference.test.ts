import { describe, expect, it } from 'vitest';
import { parseSymbolReference } from '../../../src/search/symbol-reference.ts';

describe('parseSymbolReference', () => {
  it.each([
    ['acquire', { form: 'name', name: 'acquire' }],
    ['Pool.acquire', { form: 'name', name: 'Pool.acquire' }],
    ['Pool::acquire', { form: 'name', name: 'Pool.acquire' }],
    ['Pool#acquire', { form: 'name', name: 'Pool.acquire' }],
    ['acquire()', { form: 'name', name: 'acquire' }],
    [' acquire ', { form: 'name', name: 'acquire' }],
    ['src/pool.ts:acquire', { form: 'path-name', path: 'src/pool.ts', name: 'acquire' }],
    ['./src/pool.ts:Pool.acquire', { form: 'path-name', path: 'src/pool.ts', name: 'Pool.acquire' }],
    ['src/pool.cpp:Pool::acquire', { form: 'path-name', path: 'src/pool.cpp', name: 'Pool.acquire' }],
    ['src\\pool.ts:acquire', { form: 'path-name', path: 'src/pool.ts', name: 'acquire' }],
    ['src/pool.ts:12', { form: 'path-line', path: 'src/pool.ts', line: 12 }],
    ['src/pool.ts:12:7', { form: 'path-line', path: 'src/pool.ts', line: 12 }],
    ['src/a:b.ts:12', { form: 'path-line', path: 'src/a:b.ts', line: 12 }],
    ['acquire:', { form: 'name', name: 'acquire:' }],
    [':acquire', { form: 'name', name: ':acquire' }],
    ['', { form: 'name', name: '' }],
  ])('reads %s', (text, reference) => {
    expect(parseSymbolReference(text)).toEqual(reference);
  });

  it('does not take a number of any length for a line', () => {
    expect(parseSymbolReference('a.ts:99999999999999999999')).toMatchObject({ form: 'path-name' });
  });
});
