import { describe, expect, it } from 'vitest';
import { buildContainment, buildSymbols } from '../../../src/resolution/build-symbols.ts';
import { parsedFile } from './parsed-file-builder.ts';

const FILE = parsedFile('src/db/pool.ts', {
  definitions: [
    { kind: 'class', name: 'Pool', signature: 'class Pool' },
    { kind: 'method', name: 'get', parent: 0 },
    { kind: 'method', name: 'get', parent: 0 },
    { kind: 'function', name: 'inner', parent: 2 },
  ],
});

describe('buildSymbols', () => {
  it('gives one node a definition, with ordinals for repeated names', () => {
    const symbols = buildSymbols(FILE);
    expect(symbols.map(({ id }) => id)).toEqual([
      'src/db/pool.ts#Pool',
      'src/db/pool.ts#Pool.get',
      'src/db/pool.ts#Pool.get~2',
      'src/db/pool.ts#Pool.get.inner',
    ]);
    expect(symbols.map(({ parentId }) => parentId)).toEqual([
      null,
      'src/db/pool.ts#Pool',
      'src/db/pool.ts#Pool',
      'src/db/pool.ts#Pool.get~2',
    ]);
    expect(symbols[0]).toMatchObject({
      kind: 'class',
      name: 'Pool',
      path: 'src/db/pool.ts',
      language: 'typescript',
      signature: 'class Pool',
    });
  });
});

describe('buildContainment', () => {
  it('leads from the folder to the file to its symbols', () => {
    expect(
      buildContainment(FILE).map(
        ({ source, target, kind, tier, site }) => `${source} ${kind} ${target} ${tier} ${site.line}`,
      ),
    ).toEqual([
      'dir:src/db contains file:src/db/pool.ts syntax 1',
      'file:src/db/pool.ts contains src/db/pool.ts#Pool syntax 1',
      'src/db/pool.ts#Pool contains src/db/pool.ts#Pool.get syntax 2',
      'src/db/pool.ts#Pool contains src/db/pool.ts#Pool.get~2 syntax 3',
      'src/db/pool.ts#Pool.get~2 contains src/db/pool.ts#Pool.get.inner syntax 4',
    ]);
  });

  it('puts a file without folder into the root', () => {
    expect(buildContainment(parsedFile('a.ts', {})).map(({ source }) => source)).toEqual(['dir:']);
  });
});
