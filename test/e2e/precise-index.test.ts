import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodeGraph, type GraphExport } from '../../src/code-graph.ts';
import { readScipIndex } from '../../src/scip/read-scip-index.ts';
import type { GraphExportOptions } from '../../src/search/export/graph-exporter.ts';

const SAMPLE = fileURLToPath(new URL('../fixtures/scip/sample/', import.meta.url));

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'codegraphai-scip-'));
  cpSync(SAMPLE, root, { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function calleesOfRun(graph: CodeGraph): Promise<string[]> {
  const { edges } = await graph.callees('run');
  return edges.map(({ target, tier, site }) => `${target.qualifiedName} ${tier} ${site.line}`).sort();
}

async function collect(exported: GraphExport): Promise<Omit<GraphExport, 'content'> & { readonly bytes: Buffer }> {
  const parts: Uint8Array[] = [];
  for await (const part of exported.content) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  const { nodes, edges, notice } = exported;
  return { nodes, edges, notice, bytes: Buffer.concat(parts) };
}

async function exportScip(graph: CodeGraph, options: GraphExportOptions = {}): ReturnType<typeof collect> {
  return await collect(await graph.export('scip', options));
}

const PRECISE = ['Connection.ping scip 8', 'Pool.acquire scip 8', 'Pool.close scip 9'];

describe('a SCIP index', () => {
  it('in the repository comes before what is found without it', async () => {
    await using graph = await CodeGraph.open({ root });
    const report = await graph.index({ embed: false });
    expect(report.scip).toBe(join(root, 'index.scip'));
    expect(await calleesOfRun(graph)).toEqual(PRECISE);
  });

  it('that is older than the source is believed only where the names still stand', async () => {
    await using graph = await CodeGraph.open({ root });
    await graph.index({ embed: false });
    const main = `import { Pool } from './pool';
export function run(pool: Pool): void {

  // Its lines have moved.
  pool.close();
}
`;
    writeFileSync(join(root, 'src/main.ts'), main);
    await graph.index({ embed: false });
    expect(await calleesOfRun(graph)).toEqual(['Pool.close receiver 5']);
  });

  it('is used again in later runs, and missed when it is gone', async () => {
    const elsewhere = join(root, '.elsewhere.scip');
    cpSync(join(root, 'index.scip'), elsewhere);
    rmSync(join(root, 'index.scip'));
    await using graph = await CodeGraph.open({ root });
    await graph.index({ embed: false });
    expect((await calleesOfRun(graph)).every((line) => line.includes('receiver'))).toBe(true);
    await graph.index({ embed: false, scip: elsewhere });
    expect(await calleesOfRun(graph)).toEqual(PRECISE);
    await graph.index({ embed: false });
    expect(await calleesOfRun(graph)).toEqual(PRECISE);
    rmSync(elsewhere);
    const { scip, diagnostics } = await graph.index({ embed: false });
    expect(scip).toBeNull();
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'SCIP_NOT_FOUND', path: elsewhere }));
    expect((await calleesOfRun(graph)).every((line) => line.includes('receiver'))).toBe(true);
    await expect(graph.index({ embed: false, scip: elsewhere })).rejects.toMatchObject({ code: 'SCIP_NOT_FOUND' });
  });

  it('is forgotten on request, until another is named', async () => {
    const path = join(root, 'index.scip');
    await using graph = await CodeGraph.open({ root });
    await graph.index({ embed: false, scip: path });
    expect(await graph.index({ embed: false, scip: null })).toMatchObject({ scip: null, diagnostics: [] });
    expect((await calleesOfRun(graph)).every((line) => line.includes('receiver'))).toBe(true);
    expect(await graph.verify()).toMatchObject({ equal: true });
    expect(await graph.index({ embed: false })).toMatchObject({ scip: null });
    expect(await graph.index({ embed: false, scip: path })).toMatchObject({ scip: path });
    expect(await calleesOfRun(graph)).toEqual(PRECISE);
  });

  it('that is gone is a difference for verify, not an error', async () => {
    const elsewhere = join(root, '.elsewhere.scip');
    cpSync(join(root, 'index.scip'), elsewhere);
    rmSync(join(root, 'index.scip'));
    await using graph = await CodeGraph.open({ root });
    await graph.index({ embed: false, scip: elsewhere });
    expect(await graph.verify()).toMatchObject({ equal: true });
    rmSync(elsewhere);
    expect(await graph.verify()).toMatchObject({ equal: false });
  });

  it('that is damaged is an error where it was asked for, and a warning where it only lies there', async () => {
    const path = join(root, 'index.scip');
    writeFileSync(path, 'this is no index');
    await using graph = await CodeGraph.open({ root });
    const report = await graph.index({ embed: false });
    expect(report.scip).toBeNull();
    expect(report.diagnostics).toContainEqual(expect.objectContaining({ code: 'SCIP_MALFORMED', severity: 'warning' }));
    expect(await calleesOfRun(graph)).toHaveLength(3);
    // Nothing changed since, and it is still not used.
    const again = await graph.index({ embed: false });
    expect(again.scip).toBeNull();
    expect(again.diagnostics).toContainEqual(expect.objectContaining({ code: 'SCIP_MALFORMED', severity: 'warning' }));
    await expect(graph.index({ embed: false, scip: path, full: true })).rejects.toMatchObject({
      code: 'SCIP_MALFORMED',
    });
  });

  it('can be exported and read back', async () => {
    rmSync(join(root, 'index.scip'));
    await using graph = await CodeGraph.open({ root });
    await graph.index({ embed: false });
    writeFileSync(join(root, 'index.scip'), (await exportScip(graph)).bytes);
    await graph.index({ embed: false });
    expect(await calleesOfRun(graph)).toEqual(PRECISE);
  });

  it('counts what it says of uses, and what it leaves out', async () => {
    rmSync(join(root, 'index.scip'));
    await using graph = await CodeGraph.open({ root });
    await graph.index({ embed: false });
    const calls = await exportScip(graph, { edges: ['calls'] });
    const uses = [...readScipIndex(calls.bytes, 'index.scip')].flatMap(({ occurrences }) =>
      occurrences.filter(({ isDefinition }) => !isDefinition),
    );
    expect(uses.length).toBeGreaterThan(0);
    expect(calls).toMatchObject({ edges: uses.length, notice: undefined });
    expect((await exportScip(graph, { edges: ['imports', 'contains'] })).edges).toBe(0);
    // A class that implements is a relationship and a use: one edge.
    const { edges } = await collect(await graph.export('json', { edges: ['implements', 'extends'] }));
    expect((await exportScip(graph, { edges: ['implements', 'extends'] })).edges).toBe(edges);
    writeFileSync(join(root, 'src/main.ts'), '// Something else.\n');
    const less = await exportScip(graph, { edges: ['calls'] });
    expect(less.nodes).toBeLessThan(calls.nodes);
    expect(less.notice).toContain('files: 1');
  });
});
