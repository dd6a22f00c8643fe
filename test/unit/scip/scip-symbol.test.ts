import { describe, expect, it } from 'vitest';
import { descriptorOf, fileSymbol, lastDescriptorName } from '../../../src/scip/scip-symbol.ts';

describe('SCIP symbols', () => {
  it('are made of the path and the scopes', () => {
    expect(fileSymbol('src/pool.ts')).toBe('codegraphai . . . src/`pool.ts`/');
    expect(descriptorOf('class', 'Pool', 1)).toBe('Pool#');
    expect(descriptorOf('method', 'acquire', 1)).toBe('acquire().');
    expect(descriptorOf('method', 'acquire', 2)).toBe('acquire(+1).');
    expect(descriptorOf('constant', 'MAX', 1)).toBe('MAX.');
    expect(descriptorOf('constant', 'MAX', 3)).toBe('`MAX~3`.');
    expect(descriptorOf('namespace', 'db', 1)).toBe('db/');
    expect(descriptorOf('property', 'a`b c', 1)).toBe('`a``b c`.');
  });

  it.each([
    ['scip-typescript npm pkg 1.0.0 src/`a.ts`/Pool#acquire().', 'acquire'],
    ['scip-typescript npm pkg 1.0.0 src/`a.ts`/Pool#`<constructor>`().', '<constructor>'],
    ['scip-python python pkg 1.0 `a.b`/Pool#', 'Pool'],
    ['scip-python python pkg 1.0 `a.b`/run(+2).', 'run'],
    ['rust-analyzer cargo pkg 1.0 a/vec!', 'vec'],
    ['x . . . `with ``ticks```.', 'with `ticks`'],
    ['x . . . f().(parameter)', 'parameter'],
    ['x . . . Box#[T]', 'T'],
    ['local 12', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ])('%s ends in %s', (symbol, name) => {
    expect(lastDescriptorName(symbol)).toBe(name);
  });

  it('names what it made', () => {
    for (const name of ['plain', 'with space', 'back`tick', 'çedilha', 'a.b']) {
      for (const kind of ['class', 'method', 'field', 'namespace'] as const)
        expect(lastDescriptorName(fileSymbol('a.ts') + descriptorOf(kind, name, 1))).toBe(name);
    }
  });
});
