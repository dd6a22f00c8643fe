import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SymbolKind } from '../../../src/graph/symbol.ts';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import type { ProjectLayout } from '../../../src/resolution/project-layout.ts';
import { resolveReferences } from '../../../src/resolution/resolve-references.ts';
import { parsedFile } from './parsed-file-builder.ts';
import type { FileFacts } from './parsed-file-builder.ts';

const NO_MANIFESTS: ProjectLayout = { paths: new Set(), readManifest: () => undefined };

function describeCalls(...files: ParsedFile[]): string[] {
  return resolveReferences(files, NO_MANIFESTS).files.flatMap(({ edges, unresolved }) => [
    ...edges
      .filter(({ kind }) => kind !== 'contains' && kind !== 'imports')
      .map(({ kind, target, tier }) => `${kind} ${target} ${tier}`),
    ...unresolved.map(({ name, reason, candidateCount }) => `${name}: ${reason} ${candidateCount}`),
  ]);
}

const POOL: FileFacts['definitions'] = [
  { kind: 'class', name: 'Pool' },
  { kind: 'method', name: 'acquire', parent: 0, typeName: 'Promise<Pool>' },
  { kind: 'function', name: 'createPool', typeName: 'Pool' },
];

describe('resolveReferences', () => {
  it('follows the call that made a value', () => {
    const file = parsedFile('a.ts', {
      definitions: POOL,
      typedNames: [{ name: 'pool', typeName: 'createPool()', scope: -1 }],
      calls: [
        ['pool', 'acquire'],
        ['(await pool.acquire())', 'acquire'],
      ],
    });
    expect(describeCalls(file)).toEqual(['calls a.ts#Pool.acquire receiver', 'calls a.ts#Pool.acquire receiver']);
  });

  it('follows the members and elements a value was taken from', () => {
    const file = parsedFile('a.ts', {
      definitions: POOL,
      typedNames: [
        { name: 'pools', typeName: 'Pool[]', scope: -1 },
        { name: 'each', typeName: '= pools[]', scope: -1 },
        { name: 'same', typeName: '= each', scope: -1 },
      ],
      calls: [['same', 'acquire']],
    });
    expect(describeCalls(file)).toEqual(['calls a.ts#Pool.acquire receiver']);
  });

  it('knows a name of several values where all of them are known', () => {
    const typedNames = [
      { name: 'known', typeName: 'createPool()', scope: -1 },
      { name: 'known', typeName: 'Pool', scope: -1 },
      { name: 'half', typeName: 'createPool()', scope: -1 },
      { name: 'half', typeName: 'somethingElse()', scope: -1 },
    ];
    const calls = [
      ['known', 'acquire'],
      ['half', 'gone'],
    ] as const;
    expect(describeCalls(parsedFile('a.ts', { definitions: POOL, typedNames, calls }))).toEqual([
      'calls a.ts#Pool.acquire receiver',
      'half.gone: unknown-receiver 0',
    ]);
  });

  it('ends where names are made of each other, however many values they have', () => {
    const names = Array.from({ length: 20 }, (_, at) => `x${at}`);
    const file = parsedFile('a.ts', {
      typedNames: names.flatMap((name) => names.map((other) => ({ name, typeName: `${other}.next()`, scope: -1 }))),
      calls: [['x0', 'go']],
    });
    expect(describeCalls(file)).toEqual(['x0.go: unknown-receiver 0']);
  });

  it('takes elements out of containers', () => {
    const file = parsedFile('a.ts', {
      definitions: POOL,
      typedNames: [{ name: 'pools', typeName: 'Map<string, Pool[]>', scope: -1 }],
      calls: [
        ['pools.get(name)[0]', 'acquire'],
        ['pools', 'clear'],
        ['pools.get(name)', 'push'],
      ],
    });
    expect(describeCalls(file)).toEqual([
      'calls a.ts#Pool.acquire receiver',
      'pools.clear: external 0',
      'pools.get(name).push: external 0',
    ]);
  });

  it('means the overload that has a body, in Python the last definition', () => {
    const definitions = [
      { kind: 'function', name: 'run', bodiless: true },
      { kind: 'function', name: 'run' },
      { kind: 'function', name: 'run' },
    ] as const;
    const calls = [[null, 'run']] as const;
    expect(describeCalls(parsedFile('a.ts', { definitions, calls }))).toEqual(['calls a.ts#run~2 lexical']);
    expect(describeCalls(parsedFile('a.py', { definitions, calls, language: 'python' }))).toEqual([
      'calls a.py#run~3 lexical',
    ]);
  });

  it('makes an edge to the member of each type of a union', () => {
    const file = parsedFile('a.ts', {
      definitions: [...(POOL ?? []), { kind: 'class', name: 'Cache' }, { kind: 'method', name: 'acquire', parent: 3 }],
      typedNames: [{ name: 'either', typeName: 'Pool | Cache', scope: -1 }],
      calls: [['either', 'acquire']],
    });
    expect(describeCalls(file)).toEqual(['calls a.ts#Pool.acquire receiver', 'calls a.ts#Cache.acquire receiver']);
  });

  it('knows that a local of unknown type hides an outer name', () => {
    const file = parsedFile('a.ts', {
      definitions: [
        { kind: 'function', name: 'run' },
        { kind: 'function', name: 'outer' },
      ],
      typedNames: [{ name: 'run', typeName: '', scope: 1 }],
      calls: [
        [null, 'run', 1],
        [null, 'run'],
      ],
    });
    expect(describeCalls(file)).toEqual(['calls a.ts#run lexical', 'run: unknown-receiver 0']);
  });

  it('survives circles of bases, aliases, types and re-exports', () => {
    const file = parsedFile('a.ts', {
      definitions: [
        { kind: 'class', name: 'A', extends: ['B'] },
        { kind: 'class', name: 'B', extends: ['A'] },
        { kind: 'type', name: 'X', typeName: 'Y' },
        { kind: 'type', name: 'Y', typeName: 'X' },
        { kind: 'variable', name: 'loop', typeName: 'loop()' },
      ],
      imports: [
        { specifier: './a', names: [{ name: 'gone', alias: 'gone' }] },
        { specifier: './a', names: [], reexport: true },
      ],
      typedNames: [
        { name: 'x', typeName: 'X', scope: -1 },
        { name: 'a', typeName: 'A', scope: -1 },
      ],
      calls: [
        ['x', 'go'],
        ['a', 'go'],
        ['loop', 'go'],
        [null, 'gone'],
      ],
    });
    expect(describeCalls(file).filter((line) => line.startsWith('calls'))).toEqual([]);
  });

  it('survives hierarchies and re-exports made to exhaust time or stack', () => {
    const lattice = Array.from({ length: 4_000 }, (_, at) => ({
      kind: 'class' as const,
      name: `C${at}`,
      extends: at < 2 ? [] : [`C${at - 1 - (at % 2)}`, `C${at - 2 - (at % 2)}`],
    }));
    const typedNames = [{ name: 'last', typeName: 'C3999', scope: -1 }];
    const chain = Array.from({ length: 3_000 }, (_, at) =>
      parsedFile(`r${at}.ts`, { imports: [{ specifier: `./r${at + 1}`, names: [], reexport: true }] }),
    );
    const user = parsedFile('user.ts', {
      definitions: [...lattice, { kind: 'function', name: 'deep', signature: `function deep(${'{a:'.repeat(50_000)}` }],
      typedNames,
      imports: [{ specifier: './r0', names: [{ name: 'gone', alias: 'gone' }] }],
      calls: [
        ['last', 'go'],
        [null, 'gone'],
        [null, 'other', 4_000],
      ],
    });
    expect(describeCalls(user, ...chain).filter((line) => line.startsWith('calls'))).toEqual([]);
  });

  it('resolves SQL names without regard to case and quotes, package members inside of the package only', () => {
    const sql = parsedFile('a.sql', {
      language: 'sql',
      definitions: [
        { kind: 'package', name: 'Shop' },
        { kind: 'procedure', name: 'Pay', parent: 0 },
        { kind: 'procedure', name: 'log_it', parent: 0 },
        { kind: 'table', name: 'Orders', qualifiedName: 'sales.Orders' },
        { kind: 'procedure', name: 'run' },
      ],
      references: [
        { kind: 'calls', name: 'LOG_IT', enclosing: 1 },
        { kind: 'calls', receiver: 'shop', name: '[pay]', enclosing: 4 },
        { kind: 'calls', name: 'pay', enclosing: 4 },
        { kind: 'reads', receiver: '"SALES"', name: 'orders', enclosing: 4 },
        { kind: 'writes', receiver: 'other', name: 'orders', enclosing: 4 },
        { kind: 'reads', name: 'made_up', enclosing: 4, dynamic: true },
      ],
    });
    expect(describeCalls(sql)).toEqual([
      'calls a.sql#Shop.log_it lexical',
      'calls a.sql#Shop.Pay lexical',
      'reads a.sql#sales.Orders lexical',
      'pay: not-found 0',
      'other.orders: not-found 0',
      'made_up: dynamic 0',
    ]);
  });

  it('links files to files, packages and folders they import', () => {
    const files = [
      parsedFile('a.ts', {
        imports: [
          { specifier: './b', names: [] },
          { specifier: './b.js', names: [] },
          { specifier: '@scope/lib/sub', names: [] },
          { specifier: './gone', names: [] },
        ],
      }),
      parsedFile('b.ts', {}),
    ];
    const [first] = resolveReferences(files, NO_MANIFESTS).files;
    expect(first?.edges.filter(({ kind }) => kind === 'imports').map(({ target }) => target)).toEqual([
      'file:b.ts',
      'external:@scope/lib',
    ]);
    expect(first?.unresolved).toMatchObject([
      { kind: 'imports', name: './gone', reason: 'not-found', source: 'file:a.ts' },
    ]);
  });

  it('does not depend on the order of files', () => {
    fc.assert(
      fc.property(fc.array(fileArbitrary, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (facts, order) => {
        const files = facts.map((fact, index) => parsedFile(`m${index}.ts`, fact));
        const shuffled = files.map((file) => ({ file, rank: order.next().value })).sort((a, b) => a.rank - b.rank);
        expect(
          resolveReferences(
            shuffled.map(({ file }) => file),
            NO_MANIFESTS,
          ),
        ).toEqual(resolveReferences(files, NO_MANIFESTS));
      }),
      { numRuns: 200 },
    );
  });
});

const nameArbitrary = fc.constantFrom('open', 'renewLease', 'Pool', 'Base', 'm0', 'm1');
const moduleArbitrary = fc.constantFrom('./m0', './m1', './m2', './m3', 'lib');
const fileArbitrary = fc.record({
  definitions: fc.array(
    fc.record({
      kind: fc.constantFrom<SymbolKind[]>('class', 'function', 'method', 'constant'),
      name: nameArbitrary,
      extends: fc.array(nameArbitrary, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  ),
  imports: fc.array(
    fc.record({
      specifier: moduleArbitrary,
      reexport: fc.boolean(),
      names: fc.array(
        fc.record({
          name: fc.oneof(nameArbitrary, fc.constantFrom('*', 'default')),
          alias: fc.oneof(nameArbitrary, fc.constant('*')),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 4 },
  ),
  typedNames: fc.array(fc.record({ name: nameArbitrary, typeName: nameArbitrary, scope: fc.constant(-1) }), {
    maxLength: 2,
  }),
  calls: fc.array(fc.tuple(fc.option(nameArbitrary), nameArbitrary), { maxLength: 6 }),
});
