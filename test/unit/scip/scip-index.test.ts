import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScipDocument } from '../../../src/scip/scip-index.ts';
import { readScipIndex } from '../../../src/scip/read-scip-index.ts';
import { ScipError } from '../../../src/scip/scip-error.ts';
import { withUtf16Columns } from '../../../src/scip/utf16-columns.ts';
import { encodeScipDocument, encodeScipMetadata, scipSymbols } from '../../../src/scip/write-scip-index.ts';
import { ProtobufWriter } from '../../../src/kernel/protobuf-writer.ts';
import { loadLanguage } from '../../../src/parsing/language-registry.ts';
import type { Edge } from '../../../src/graph/edge.ts';
import { fileNodeId } from '../../../src/graph/symbol.ts';
import { buildSymbols } from '../../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../../src/resolution/resolve-references.ts';

const SOURCES: Readonly<Record<string, string>> = {
  'src/pool.ts': `/** Keeps connections. */
export class Pool {
  constructor(readonly size: number) {}
  /** Takes one. */
  acquire(): void {}
}
export const açaí = 1;
`,
  'src/main.ts': `import { Pool, açaí } from './pool.ts';
/* ação */ export function run(pool: Pool): void { pool.acquire(); new Pool(açaí); }
`,
};

async function exported(): Promise<Uint8Array> {
  const language = await loadLanguage('typescript');
  const files = Object.entries(SOURCES).map(([path, text]) => language.parse(path, text));
  const resolved = resolveReferences(files, { paths: new Set(Object.keys(SOURCES)), readManifest: () => undefined });
  const symbols = new Map(files.map((file) => [file.path, buildSymbols(file)]));
  const names = scipSymbols(symbols.values());
  const parts = resolved.files.map(
    ({ path, edges }) =>
      encodeScipDocument(
        { path, language: 'typescript', text: SOURCES[path] ?? '', symbols: symbols.get(path) ?? [], edges },
        names,
      ).bytes,
  );
  return Buffer.concat([encodeScipMetadata({ toolVersion: '1.0.0', projectRoot: 'file:///project' }), ...parts]);
}

const shown = (document: ScipDocument | undefined): string[] =>
  (document?.occurrences ?? []).map(
    ({ line, column, symbol, isDefinition }) =>
      `${line}:${column} ${isDefinition ? 'defines' : 'uses'} ${symbol.replace('codegraphai . . . ', '')}`,
  );

const named = (path: string): Uint8Array =>
  new ProtobufWriter().message(2, new ProtobufWriter().string(1, path)).toBytes();

const occurrence = (column: number): ScipDocument['occurrences'][number] => ({
  line: 1,
  column,
  symbol: 'x . . . a.',
  isDefinition: false,
});

describe('a SCIP index', () => {
  it('has every definition and every use that is known', async () => {
    const [main, pool] = [...readScipIndex(await exported(), 'index.scip')];
    expect(main?.positionEncoding).toBe('utf-16');
    expect(shown(pool)).toEqual([
      '1:13 defines src/`pool.ts`/Pool#',
      '2:2 defines src/`pool.ts`/Pool#constructor().',
      '2:23 defines src/`pool.ts`/Pool#size.',
      '4:2 defines src/`pool.ts`/Pool#acquire().',
      '6:13 defines src/`pool.ts`/`açaí`.',
    ]);
    expect(shown(main)).toEqual([
      '1:27 defines src/`main.ts`/run().',
      '1:37 uses src/`pool.ts`/Pool#',
      '1:56 uses src/`pool.ts`/Pool#acquire().',
      '1:71 uses src/`pool.ts`/Pool#',
      '1:76 uses src/`pool.ts`/`açaí`.',
    ]);
  });

  it('says a use once, however many edges it is, and counts those it says', async () => {
    const language = await loadLanguage('typescript');
    const path = 'src/main.ts';
    const text = 'function run() {}\nrun();\n';
    const symbols = buildSymbols(language.parse(path, text));
    const [run] = symbols;
    if (run === undefined) throw new Error('there is no definition');
    const call: Edge = {
      kind: 'calls',
      source: fileNodeId(path),
      target: run.id,
      tier: 'lexical',
      confidence: 0.98,
      site: { path, line: 2, column: 1 },
    };
    const edges: Edge[] = [
      call,
      { ...call, kind: 'references' },
      { ...call, kind: 'imports' },
      { ...call, kind: 'overrides' },
      { ...call, site: { ...call.site, path: 'src/other.ts' } },
      { ...call, site: { ...call.site, line: 9 } },
      { ...call, target: fileNodeId('src/gone.ts') },
    ];
    const file = { path, language: 'typescript', text, symbols, edges };
    const { bytes, edgeCount } = encodeScipDocument(file, scipSymbols([symbols]));
    expect(edgeCount).toBe(2);
    expect(shown([...readScipIndex(bytes, 'index.scip')][0])).toEqual([
      '0:9 defines src/`main.ts`/run().',
      '1:0 uses src/`main.ts`/run().',
    ]);
  });

  it('is left without the documents that lie outside of the root', () => {
    const paths = ['/etc/passwd', '../a.ts', 'a/../../b.ts', 'a\\b.ts', '', 'a/b.ts', '..a/b.ts'];
    const read = [...readScipIndex(Buffer.concat(paths.map(named)), 'index.scip')].map(({ path }) => path);
    expect(read).toEqual(['a/b.ts', '..a/b.ts']);
  });

  it('is refused where it is none', () => {
    expect(() => [...readScipIndex(Buffer.from('{"no": "index"}'), 'index.scip')]).toThrow(
      expect.objectContaining({ code: 'SCIP_MALFORMED', details: { path: 'index.scip' } }),
    );
  });

  it('ends in documents or a ScipError whatever the bytes', async () => {
    const good = await exported();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const damaged = Uint8Array.from(good);
        damaged[at] = value;
        try {
          for (const { occurrences } of readScipIndex(damaged.subarray(0, length), 'index.scip'))
            expect(occurrences.length).toBeLessThan(20);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ScipError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('withUtf16Columns', () => {
  const text = 'first\n/* 😀 é */ a()\n';
  const columnOf = (positionEncoding: ScipDocument['positionEncoding'], column: number): number | undefined =>
    withUtf16Columns({ path: 'a', positionEncoding, occurrences: [occurrence(column)] }, text).occurrences[0]?.column;

  it('counts every encoding in UTF-16 units', () => {
    const utf16 = text.split('\n')[1]?.indexOf('a()') ?? -1;
    expect(columnOf('utf-16', utf16)).toBe(utf16);
    expect(columnOf('unspecified', utf16)).toBe(utf16);
    expect(columnOf('utf-32', utf16 - 1)).toBe(utf16);
    expect(columnOf('utf-8', utf16 + 3)).toBe(utf16);
  });
});
