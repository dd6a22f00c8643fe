import { describe, expect, it } from 'vitest';
import { loadLanguage } from '../../../../src/parsing/language-registry.ts';
import { buildProjectIndex } from '../../../../src/resolution/project-index.ts';
import { PreciseReferences } from '../../../../src/resolution/tiers/precise-references.ts';
import type { ScipOccurrence } from '../../../../src/scip/scip-index.ts';

const POOL = `export class Pool {
  constructor() {}
  acquire(): void {}
  acquire(wait?: boolean): void {}
}
export class Other {}
`;
const MAIN = `new Pool();
new Other();
pool.acquire();
`;
const defines = (line: number, column: number, symbol: string): ScipOccurrence => ({
  line,
  column,
  symbol: `scip npm shop 1.0.0 src/\`pool.ts\`/${symbol}`,
  isDefinition: true,
});
const uses = (line: number, column: number, symbol: string): ScipOccurrence => ({
  ...defines(line, column, symbol),
  isDefinition: false,
});

/** What each use of `main.ts` leads to, by an index with these occurrences in it. */
async function find(...occurrences: readonly ScipOccurrence[]): Promise<unknown[]> {
  const language = await loadLanguage('typescript');
  const index = buildProjectIndex([language.parse('src/pool.ts', POOL), language.parse('src/main.ts', MAIN)]);
  const definitions = [
    defines(0, 13, 'Pool#'),
    defines(1, 2, 'Pool#`<constructor>`().'),
    defines(2, 2, 'Pool#acquire().'),
    defines(3, 2, 'Pool#acquire().'),
    defines(5, 13, 'Other#'),
  ];
  const document = { positionEncoding: 'utf-16' as const };
  const references = new PreciseReferences(
    [
      { ...document, path: 'src/main.ts', occurrences },
      { ...document, path: 'src/pool.ts', occurrences: definitions },
    ],
    index,
  );
  const main = index.byPath.get('src/main.ts');
  if (main === undefined) throw new Error('main.ts is not in the index');
  return main.parsed.references.map((reference) => {
    const found = references.find(main, reference);
    if (typeof found !== 'object') return found;
    return `${found.definition.qualifiedName}:${found.definition.range.start.line}`;
  });
}

describe('PreciseReferences', () => {
  it.each(['`<constructor>`', '`<init>`', '`.ctor`', '__init__', 'initialize'])(
    'takes %s, as indexers of a language call constructors, for its class',
    async (name) => {
      expect(await find(uses(0, 4, `Pool#${name}().`))).toEqual(['Pool:0', undefined, undefined]);
    },
  );

  it('takes constructors for their classes, and the first of several definitions', async () => {
    expect(
      await find(uses(0, 4, 'Pool#`<constructor>`().'), uses(1, 4, 'Other#'), uses(2, 5, 'Pool#acquire().')),
    ).toEqual(['Pool:0', 'Other:5', 'Pool.acquire:2']);
  });

  it('says nothing where another name stands by now', async () => {
    expect(
      await find(uses(0, 4, 'Pool#acquire().'), uses(1, 4, 'Pool#`<constructor>`().'), uses(2, 5, 'Other#')),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('says nothing where the definition has moved, and that what has none is outside', async () => {
    const moved = defines(5, 0, 'Moved#Pool#');
    expect(
      await find(moved, uses(0, 4, 'Moved#Pool#'), uses(1, 4, 'Gone#Other#'), { ...uses(2, 5, ''), symbol: 'local 1' }),
    ).toEqual([undefined, 'external', undefined]);
  });
});
