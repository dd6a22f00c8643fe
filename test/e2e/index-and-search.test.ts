import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from '../helpers/run-cli.ts';
import { temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';
import { SAMPLE_REPOSITORY } from './sample-repository.ts';

let folder: TemporaryFolder;
let indexed: CliResult;
const run = (...args: string[]): CliResult => runCli(args, { cwd: folder.path });
const json = (result: CliResult): Record<string, unknown> => {
  const value: unknown = JSON.parse(result.stdout);
  if (typeof value !== 'object' || value === null) throw new TypeError(result.stdout);
  return value as Record<string, unknown>;
};

beforeAll(() => {
  folder = temporaryFolder(SAMPLE_REPOSITORY);
  indexed = run('index', '--json');
});
afterAll(() => folder[Symbol.dispose]());

describe('index', () => {
  it('reports what it did in one JSON document', () => {
    expect(indexed.stderr).not.toMatch(/error|warning/);
    expect(indexed.stdout.trim().split('\n')).toHaveLength(1);
    expect(json(indexed)).toEqual({
      files: {
        seen: 8,
        parsed: 7,
        unchanged: 0,
        removed: 0,
        skipped: 1,
        failed: 0,
        skippedByReason: { language: 1 },
      },
      symbols: expect.any(Number),
      edges: expect.any(Number),
      chunks: expect.any(Number),
      embedded: expect.any(Number),
      reused: 0,
      tokens: expect.any(Number),
      model: {
        id: 'codegraphai/multilingual-e5-small-int8',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        dimensions: 384,
        maxTokens: 512,
        requested: null,
        folder: expect.stringMatching(/models\/codegraphai\/multilingual-e5-small-int8$/),
        source: 'embedded',
        reason: 'it ships with the package',
        format: 'checkpoint',
        weights: 'pytorch_model.bin',
        quantization: 'pytorch-dynamic-int8',
        precision: 'auto',
        fallbackFrom: [],
      },
      scip: null,
      diagnostics: [],
      tookMs: {
        discover: expect.any(Number),
        parse: expect.any(Number),
        resolve: expect.any(Number),
        embed: expect.any(Number),
        total: expect.any(Number),
      },
    });
  });
});

describe('search', () => {
  it.each([
    ['onde a conexão com o banco é aberta?', 'src/db/'],
    ['where is an order cancelled?', 'src/orders/cancel-order.ts'],
    ['quem envia a fatura por e-mail?', 'app/mailer.py'],
    ['¿dónde se cancela un pedido?', 'src/orders/cancel-order.ts'],
    ['onde se retira um item do depósito?', 'legacy/Stock.java'],
    ['tentar de novo com espera crescente', 'tools/main.go'],
    ['fechamento do mês contábil', 'sql/close_month.sql'],
  ])('answers "%s" with %s first', (question, path) => {
    const { hits } = json(run('search', question, '--json')) as { hits: { path: string; rank: number }[] };
    expect(hits[0]).toMatchObject({ rank: 1, path: expect.stringContaining(path) });
  });

  it('gives the fields its contract promises', () => {
    const answer = json(run('search', 'Pool.acquire', '--json', '--explain', '--limit', '1'));
    expect(answer).toMatchObject({
      query: 'Pool.acquire',
      mode: 'hybrid',
      model: { id: 'codegraphai/multilingual-e5-small-int8', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      hits: [
        {
          rank: 1,
          path: 'src/db/pool.ts',
          language: 'typescript',
          symbol: {
            qualifiedName: 'Pool.acquire',
            kind: 'method',
            signature: expect.stringContaining('acquire(url: string)'),
          },
          snippet: expect.stringContaining('#idle.pop()'),
          explain: expect.arrayContaining([expect.objectContaining({ signal: 'semantic' })]),
        },
      ],
    });
  });

  it('keeps to filters, and says no with exit code 1', () => {
    const { hits } = json(run('search', 'connection', '--language', 'python', '--json')) as {
      hits: { language: string }[];
    };
    expect(new Set(hits.map(({ language }) => language))).toEqual(new Set(['python']));
    expect(run('search', 'zzqqxx', '--mode', 'keyword').status).toBe(1);
  });
});

describe('graph', () => {
  it('shows a definition and what it calls', () => {
    expect(json(run('symbol', 'Pool.acquire', '--json'))).toMatchObject({
      symbols: [{ path: 'src/db/pool.ts', degree: { incoming: 1 } }],
    });
    expect(json(run('callees', 'billing.close_month', '--json'))).toMatchObject({
      edges: [{ kind: 'calls', target: { qualifiedName: 'billing.notify_accountant' } }],
    });
  });

  it('offers close names for a mistyped one', () => {
    const result = run('callers', 'cancelOrdr');
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain('cancelOrder');
  });
});

describe('a second run', () => {
  it('does nothing when nothing changed, and only the changed file otherwise', () => {
    expect(json(run('index', '--json'))).toMatchObject({ files: { parsed: 0, unchanged: 7 }, embedded: 0 });
    appendFileSync(join(folder.path, 'tools/main.go'), '\n// Pause waits a while.\nfunc Pause() {}\n');
    const report = json(run('index', '--json'));
    expect(report).toMatchObject({ files: { parsed: 1, unchanged: 6 } });
    expect(report['embedded']).toBeLessThanOrEqual(2);
    expect(run('symbol', 'Pause').status).toBe(0);
  });

  it('forgets files that are gone', () => {
    folder.write('gone.py', 'def vanish():\n    pass\n');
    run('index');
    expect(run('symbol', 'vanish').status).toBe(0);
    rmSync(join(folder.path, 'gone.py'));
    expect(json(run('index', '--json'))).toMatchObject({ files: { removed: 1 } });
    expect(run('symbol', 'vanish').status).toBe(1);
  });

  it('keeps the index out of git by a file of its own', () => {
    expect(readFileSync(join(folder.path, '.codegraphai/.gitignore'), 'utf8')).toBe('*\n');
  });
});

describe('the JSON of relations', () => {
  const pool = {
    id: 'src/db/pool.ts#Pool.acquire',
    kind: 'method',
    name: 'acquire',
    qualifiedName: 'Pool.acquire',
    path: 'src/db/pool.ts',
    startLine: 8,
    endLine: 10,
    language: 'typescript',
    signature: 'async acquire(url: string): Promise<Connection>',
  };

  it('has every field of its contract, and no other', () => {
    expect(json(run('callers', 'Pool.acquire', '--json'))).toEqual({
      symbol: pool,
      edges: [
        {
          kind: 'calls',
          source: {
            id: 'src/orders/cancel-order.ts#cancelOrder',
            kind: 'function',
            name: 'cancelOrder',
            qualifiedName: 'cancelOrder',
            path: 'src/orders/cancel-order.ts',
            startLine: 4,
            endLine: 7,
            language: 'typescript',
            signature: 'export async function cancelOrder(pool: Pool, orderId: string): Promise<void>',
          },
          target: pool,
          depth: 1,
          tier: 'receiver',
          confidence: expect.any(Number),
          site: { path: 'src/orders/cancel-order.ts', line: 5, column: 33 },
        },
      ],
      completeness: { resolved: 1, unresolved: expect.any(Number), reasons: expect.any(Object) },
      truncated: false,
    });
  });
});

describe('encode', () => {
  it('prints a line a text', () => {
    const result = runCli(['encode', '-', '--query', '--dimensions', '8'], { cwd: folder.path, input: 'um\ndois\n' });
    const lines = result.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { embedding: number[]; tokens: number });
    expect(lines).toMatchObject([{ index: 0, truncated: false }, { index: 1 }]);
    for (const { embedding, tokens } of lines) {
      expect(embedding).toHaveLength(8);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(tokens).toBeGreaterThan(3);
    }
  });
});
