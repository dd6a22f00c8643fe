import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CodeGraph } from '../../src/code-graph.ts';
import { cliEnvironment } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const PYTHON = {
  'pool.py': 'def open_connection(url):\n    """Opens a connection to the database."""\n    return url\n',
};

beforeEach(() => {
  const { CODEGRAPHAI_CACHE = join(tmpdir(), 'codegraphai-test-cache'), HF_HUB_CACHE } = cliEnvironment();
  vi.stubEnv('CODEGRAPHAI_CACHE', CODEGRAPHAI_CACHE);
  vi.stubEnv('HF_HUB_CACHE', HF_HUB_CACHE);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('CodeGraph', () => {
  it('answers before, between and after runs of its indexer', async () => {
    using folder = temporaryFolder(PYTHON);
    await using graph = await CodeGraph.open({ root: folder.path, workers: 1 });
    await expect(graph.search('connection')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    await graph.index({ embed: false });
    expect(await graph.search('connection')).toMatchObject({ mode: 'keyword', model: null, hits: [{ rank: 1 }] });
    await graph.index();
    expect(await graph.search('connection')).toMatchObject({ mode: 'hybrid', hits: [{ path: 'pool.py' }] });
  });

  it('opens an index for writing after it has read it', async () => {
    using folder = temporaryFolder(PYTHON);
    {
      await using writer = await CodeGraph.open({ root: folder.path });
      await writer.index({ embed: false });
    }
    await using graph = await CodeGraph.open({ root: folder.path, workers: 1 });
    expect(await graph.search('connection', { mode: 'keyword' })).toMatchObject({ hits: [{ rank: 1 }] });
    await graph.index();
    expect(await graph.search('onde a conexão é aberta?')).toMatchObject({ mode: 'hybrid', hits: [{ rank: 1 }] });
  });

  it('can be closed twice, and before it was used', async () => {
    using folder = temporaryFolder();
    const graph = await CodeGraph.open({ root: folder.path });
    await graph.close();
    await expect(graph.close()).resolves.toBeUndefined();
  });
});
