import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from '../helpers/run-cli.ts';
import { git, temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';
import { SAMPLE_REPOSITORY } from './sample-repository.ts';

const TEST_FILE = `import { cancelOrder } from '../src/orders/cancel-order.ts';

export async function cancelsAnOrder(): Promise<void> {
  await cancelOrder(undefined as never, '1');
}
`;

let folder: TemporaryFolder;
const run = (...args: string[]): CliResult => runCli(args, { cwd: folder.path });
const json = (...args: string[]): Record<string, unknown> => JSON.parse(run(...args, '--json').stdout) as never;

beforeAll(() => {
  folder = temporaryFolder({ ...SAMPLE_REPOSITORY, 'test/cancel-order.test.ts': TEST_FILE });
  git(folder.path, 'init', '--quiet');
  git(folder.path, 'add', '.');
  git(folder.path, 'commit', '--quiet', '-m', 'first');
  run('index', '--no-embed', '--quiet');
});
afterAll(() => folder[Symbol.dispose]());

describe('impact', () => {
  it('lists what may break by distance, tests apart, and how much is known', () => {
    expect(json('impact', 'connect')).toMatchObject({
      symbol: { qualifiedName: 'connect', path: 'src/db/driver.ts' },
      edges: [
        {
          kind: 'calls',
          source: { qualifiedName: 'Pool.acquire' },
          depth: 1,
          site: { path: 'src/db/pool.ts', line: 9 },
        },
        { kind: 'calls', source: { qualifiedName: 'cancelOrder' }, depth: 2, tier: 'receiver', confidence: 0.95 },
      ],
      tests: [{ source: { qualifiedName: 'cancelsAnOrder' }, depth: 3 }],
      affected: { symbols: 2, files: 2, tests: 1 },
      completeness: { resolved: 3, unresolved: 0, reasons: {} },
      truncated: false,
    });
  });

  it('takes files, a depth and a limit, and says no with exit code 1', () => {
    expect(json('impact', 'src/db/pool.ts', '--depth', '1')).toMatchObject({
      symbol: { kind: 'file', path: 'src/db/pool.ts' },
      affected: { symbols: 2, files: 1, tests: 0 },
    });
    expect(json('impact', 'connect', '--limit', '1')).toMatchObject({
      truncated: true,
      edges: [{ depth: 1 }],
      tests: [],
    });
    expect(run('impact', 'Stock.reserve')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('nothing known'),
    });
  });
});

describe('path', () => {
  it('shows each step with its place', () => {
    expect(run('path', 'cancelsAnOrder', 'connect')).toEqual({
      status: 0,
      stdout: `from cancelsAnOrder test/cancel-order.test.ts:3
  cancelsAnOrder calls cancelOrder at test/cancel-order.test.ts:4 · import 0.97
  cancelOrder calls Pool.acquire at src/orders/cancel-order.ts:5 · receiver 0.95
  Pool.acquire calls connect at src/db/pool.ts:9 · import 0.97
to connect src/db/driver.ts:4
3 steps
`,
      stderr: '',
    });
  });

  it('follows the kinds of edges asked for, and says no with exit code 1', () => {
    expect(json('path', 'src/orders/cancel-order.ts', 'src/db/driver.ts', '--edges', 'imports')).toMatchObject({
      found: true,
      edges: [{ kind: 'imports' }, { kind: 'imports' }],
    });
    const none = run('path', 'connect', 'cancelOrder', '--json');
    expect([none.status, JSON.parse(none.stdout)]).toMatchObject([1, { found: false, edges: [], completeness: {} }]);
    expect(run('path', 'connect').status).toBe(2);
  });
});

describe('overview', () => {
  it('has every section, or those asked for', () => {
    const overview = json('overview');
    expect(Object.keys(overview)).toEqual([
      'repository',
      'counts',
      'languages',
      'folders',
      'entryPoints',
      'hotSpots',
      'cycles',
      'communities',
      'deadCode',
      'completeness',
    ]);
    expect(overview['languages']).toMatchObject({
      items: expect.arrayContaining([{ language: 'typescript', files: 4 }]),
    });
    expect(overview['entryPoints']).toMatchObject({
      items: expect.arrayContaining([
        { symbol: expect.objectContaining({ qualifiedName: 'main', path: 'tools/main.go' }), reason: 'main', uses: 1 },
      ]),
    });
    expect(Object.keys(json('overview', '--section', 'cycles'))).toEqual([
      'repository',
      'counts',
      'cycles',
      'completeness',
    ]);
    expect(run('overview', '--section', 'everything').status).toBe(2);
  });

  it('is readable', () => {
    const { stdout, status } = run('overview', '--limit', '3');
    expect(status).toBe(0);
    for (const title of ['languages', 'folders', 'entry points', 'hot spots', 'communities', 'unused, as far as known'])
      expect(stdout).toContain(`\n${title} `);
  });
});

describe('export', () => {
  it('writes JSON as its contract says', () => {
    const { schemaVersion, nodes, edges } = json('export') as Record<string, Record<string, unknown>[]>;
    expect(schemaVersion).toBe(1);
    expect(nodes!.find(({ id }) => id === 'src/db/driver.ts#connect')).toEqual({
      id: 'src/db/driver.ts#connect',
      kind: 'function',
      name: 'connect',
      qualifiedName: 'connect',
      path: 'src/db/driver.ts',
      startLine: 4,
      endLine: 6,
      language: 'typescript',
    });
    const call = edges!.find(
      ({ target, kind }) => kind === 'calls' && (target as { id: string }).id.endsWith('#connect'),
    );
    expect(call).toEqual({
      kind: 'calls',
      source: {
        id: 'src/db/pool.ts#Pool.acquire',
        kind: 'method',
        path: 'src/db/pool.ts',
        qualifiedName: 'Pool.acquire',
      },
      target: { id: 'src/db/driver.ts#connect', kind: 'function', path: 'src/db/driver.ts', qualifiedName: 'connect' },
      tier: 'import',
      confidence: 0.97,
      site: { path: 'src/db/pool.ts', line: 9, column: expect.any(Number) },
    });
  });

  it('has edges between the symbols asked for only', () => {
    const { nodes, edges } = json('export', '--kinds', 'function', '--edges', 'calls') as Record<
      string,
      { id: string }[]
    >;
    const all = (json('export', '--edges', 'calls') as { edges: unknown[] }).edges;
    const ids = new Set(nodes!.map(({ id }) => id));
    const ends = (edges as unknown as Record<'source' | 'target', { id: string }>[]).flatMap((edge) => [
      edge.source.id,
      edge.target.id,
    ]);
    expect(ends.filter((id) => !ids.has(id))).toEqual([]);
    expect(edges!.length).toBeLessThan(all.length);
  });

  it('writes Mermaid and GraphML, of the kinds asked for', () => {
    const mermaid = run('export', '--format', 'mermaid', '--kinds', 'function,method', '--edges', 'calls').stdout;
    expect(mermaid).toMatch(/^flowchart LR\n {2}n0\["[\w.]+"\]\n/);
    expect(mermaid).toContain('-->|calls|');
    const file = join(folder.path, 'graph.graphml');
    expect(run('export', '--format', 'graphml', '--kinds', 'function,method', '--out', file)).toMatchObject({
      status: 0,
      stdout: '',
    });
    const graphml = readFileSync(file, 'utf8');
    expect(graphml).toContain('<node id="src/db/driver.ts#connect"><data key="node-kind">function</data>');
    expect(graphml).toMatch(/<\/graphml>\n$/);
    expect(graphml).not.toContain('node-kind">class<');
    expect(run('export', '--format', 'mermaid', '--json').status).toBe(2);
    expect(run('export', '--out', join(folder.path, 'no', 'such', 'folder')).status).toBe(2);
  });
});

describe('diff', () => {
  it('finds changed symbols and what they can break', () => {
    const original = readFileSync(join(folder.path, 'src/db/driver.ts'), 'utf8');
    folder.write('src/db/driver.ts', original.replace('url.length', 'url.length + 1'));
    folder.write('src/fresh.ts', 'export function fresh(): void {}\n');
    expect(run('diff').stderr).toContain('index again: src/db/driver.ts, src/fresh.ts');
    run('index', '--no-embed', '--quiet');
    const { stdout, stderr } = run('diff', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      revision: { name: 'HEAD', commit: expect.stringMatching(/^[0-9a-f]{40,}$/) },
      files: expect.arrayContaining([
        { path: 'src/db/driver.ts', status: 'modified' },
        { path: 'src/fresh.ts', status: 'added' },
      ]),
      symbols: [
        { symbol: { qualifiedName: 'connect' }, status: 'modified' },
        { symbol: { qualifiedName: 'fresh' }, status: 'added' },
      ],
      impact: { affected: { symbols: 2, tests: 1 } },
      stale: [],
    });
    folder.write('src/db/driver.ts', original);
  });

  it.each([
    [['diff', 'no-such-revision'], 'INDEXING_REVISION_UNKNOWN'],
    [['diff', '--', '--output=stolen'], 'INDEXING_REVISION_UNKNOWN'],
  ])('%j ends with %s', (args, code) => {
    expect(run(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(code) });
  });

  it('says where there is no git', () => {
    using plain = temporaryFolder({ 'a.ts': 'export const a = 1;\n' });
    runCli(['index', '--no-embed', '--quiet'], { cwd: plain.path });
    const result = runCli(['diff'], { cwd: plain.path });
    expect(result).toMatchObject({ status: 2, stderr: expect.stringContaining('INDEXING_NOT_IN_GIT') });
  });
});
