import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { EMBEDDED_MODEL, PREFERRED_MODEL, findCandidates, resolveModel } from '../../../src/model/resolve-model.ts';
import { HubMirror, mirrorFile, onFile, refuse } from '../../helpers/hub-mirror.ts';
import { temporaryFolder, type TemporaryFolder } from '../../helpers/temporary-folder.ts';
import { MODEL } from './hub/hub-bench.ts';

const COMMIT = 'a'.repeat(40);
const OLDER = 'b'.repeat(40);

/** Files of a model as Python's library lays them out: blobs, relative links, refs, and what else it keeps. */
async function pythonLayout(
  home: string,
  id: string,
  options: {
    readonly commit?: string;
    readonly ref?: string | null;
    readonly leaveOut?: readonly string[];
  } = {},
): Promise<string> {
  const { commit = COMMIT, ref = 'main', leaveOut = [] } = options;
  const repository = join(home, 'hub', `models--${id.replace('/', '--')}`);
  const snapshot = join(repository, 'snapshots', commit);
  await mkdir(join(repository, 'blobs'), { recursive: true });
  await mkdir(join(repository, '.no_exist', commit), { recursive: true });
  await writeFile(join(repository, '.no_exist', commit, 'added_tokens.json'), '');
  for (const [path, content] of Object.entries(MODEL)) {
    const { digest } = mirrorFile(path, content);
    const blob = join(repository, 'blobs', digest);
    if (leaveOut.includes(path)) {
      await writeFile(`${blob}.0a1b2c3d.incomplete`, content.slice(0, 10));
      continue;
    }
    const link = join(snapshot, path);
    await mkdir(dirname(link), { recursive: true });
    await writeFile(blob, content);
    await symlink(`${path.includes('/') ? '../' : ''}../../blobs/${digest}`, link);
  }
  if (ref !== null) {
    await mkdir(join(repository, 'refs'), { recursive: true });
    await writeFile(join(repository, 'refs', ref), commit);
  }
  return snapshot;
}

function environment(home: TemporaryFolder, mirror?: HubMirror): Readonly<Record<string, string>> {
  return {
    HOME: home.path,
    HF_HOME: home.path,
    ...(mirror === undefined ? { HF_HUB_OFFLINE: '1' } : { HF_ENDPOINT: mirror.url }),
  };
}

describe('a cache that cannot be read', () => {
  it('has nothing, is told once, and stops no other model', async () => {
    using home = temporaryFolder();
    // Leads to itself: refused whoever asks, as a folder of another user is.
    await symlink('hub', join(home.path, 'hub'));
    for (const ref of [null, 'org/model']) {
      const warnings: string[] = [];
      const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
      const options = { root: home.path, environment: environment(home), logger, download: 'named' } as const;
      const candidates = await findCandidates(ref, options);
      expect(candidates.at(-1)?.id).toBe(EMBEDDED_MODEL);
      expect(warnings).toEqual([
        expect.stringContaining(`the Hugging Face cache ${join(home.path, 'hub')} cannot be read: ELOOP`),
      ]);
    }
  });
});

describe('a cache that Python laid out', () => {
  it('is read, also for models without organization', async () => {
    using home = temporaryFolder();
    for (const id of ['org/model', 'bert-base-uncased']) {
      const folder = await pythonLayout(home.path, id);
      const found = await resolveModel(id, { root: home.path, environment: environment(home) });
      expect(found).toMatchObject({ id, folder, source: 'hub-cache' });
    }
  });

  it('serves with another commit where that of main is not whole, but not for a revision that was asked for', async () => {
    using home = temporaryFolder();
    const options = { root: home.path, environment: environment(home) };
    const older = await pythonLayout(home.path, 'org/model', { commit: OLDER, ref: 'v1' });
    await pythonLayout(home.path, 'org/model', { leaveOut: ['model.safetensors'] });
    expect(await resolveModel('org/model', options)).toMatchObject({ folder: older });
    expect(await resolveModel('org/model@v1', options)).toMatchObject({ folder: older });
    expect(await resolveModel(`org/model@${OLDER}`, options)).toMatchObject({ folder: older });
    await expect(resolveModel('org/model@main', options)).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
      hint: expect.stringContaining('model pull'),
    });
    await expect(resolveModel('org/model@v2', options)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it.each(['config.json', 'model.safetensors', 'tokenizer.json'])(
    'without %s is passed over, and told',
    async (path) => {
      using home = temporaryFolder();
      const folder = await pythonLayout(home.path, PREFERRED_MODEL, { leaveOut: [path] });
      const [first, second] = await findCandidates(null, { root: home.path, environment: environment(home) });
      expect(first).toMatchObject({ id: PREFERRED_MODEL, folder, fault: { code: 'MODEL_FILE_MISSING' } });
      expect(second?.model?.id).toBe(EMBEDDED_MODEL);
    },
  );

  it('is completed where that is allowed', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    const folder = await pythonLayout(home.path, 'org/model', { leaveOut: ['model.safetensors'] });
    const options = { root: home.path, environment: environment(home, mirror) };
    const [first] = await findCandidates('org/model', { ...options, download: 'named' });
    expect(first?.model).toMatchObject({ folder, source: 'hub' });
    expect(mirror.requests.filter(({ path }) => path.includes('/resolve/'))).toHaveLength(1);
    const [again] = await findCandidates('org/model', { ...options, download: 'named' });
    expect(again?.model).toMatchObject({ folder, source: 'hub-cache' });
    expect(mirror.requests.filter(({ path }) => path.includes('/resolve/'))).toHaveLength(1);
  });
});

describe('a hub id that is not on this machine', () => {
  it('is downloaded where that is allowed, and only then', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    const options = { root: home.path, environment: environment(home, mirror) };
    await expect(findCandidates('org/model', options)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(resolveModel('org/model', options)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(await findCandidates(null, { ...options, download: 'named' })).toHaveLength(1);
    expect(mirror.requests).toEqual([]);
    const logged: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void logged.push(message) };
    const [first] = await findCandidates('org/model', { ...options, logger, download: 'named' });
    expect(first?.model).toMatchObject({
      id: 'org/model',
      source: 'hub',
      reason: expect.stringContaining('downloaded'),
    });
    expect(logged).toEqual(['model org/model is not on this machine and is downloaded']);
  });

  it.each([
    ['404', (mirror: HubMirror) => void (mirror.fault = ({ reply }) => refuse(reply, 404)), 'MODEL_NOT_FOUND'],
    ['401', (mirror: HubMirror) => void (mirror.fault = ({ reply }) => refuse(reply, 401)), 'HUB_UNAUTHORIZED'],
    [
      'gated',
      (mirror: HubMirror) => void (mirror.fault = ({ reply }) => refuse(reply, 403, { 'x-error-code': 'GatedRepo' })),
      'HUB_GATED',
    ],
  ])('and is refused (%s) is an error: nothing else was meant', async (_name, arrange, code) => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    arrange(mirror);
    const options = { root: home.path, environment: environment(home, mirror), download: 'named' as const };
    await expect(findCandidates('org/model', options)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  it.each([
    ['the network is forbidden', { offline: true }, undefined, 'HUB_OFFLINE'],
    ['the hub fails', {}, 503, 'HUB_UNAVAILABLE'],
    ['the hub has too much to do', {}, 429, 'HUB_RATE_LIMITED'],
  ])('while %s leaves its place to the default order', async (_name, more, status, code) => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(MODEL);
    if (status !== undefined) mirror.fault = ({ reply }) => refuse(reply, status);
    const [first, second] = await findCandidates('org/model', {
      root: home.path,
      environment: environment(home, mirror),
      download: 'named',
      retryDelay: () => 0,
      ...more,
    });
    expect(first).toMatchObject({ id: 'org/model', fault: { code } });
    expect(second?.model?.id).toBe(EMBEDDED_MODEL);
  });

  it('leaves its place where its weights come damaged', async () => {
    using home = temporaryFolder();
    const fault = onFile('model.safetensors', ({ reply }, { content }) => {
      reply.end(Buffer.alloc(content.length));
      return true;
    });
    await using mirror = await HubMirror.start(MODEL, { fault });
    const options = { root: home.path, environment: environment(home, mirror), download: 'named' as const };
    const [first] = await findCandidates('org/model', options);
    expect(first).toMatchObject({ id: 'org/model', fault: { code: 'HUB_CORRUPT' } });
  });

  it('is asked for by its name where an address was given', async () => {
    using home = temporaryFolder();
    const options = { root: home.path, environment: environment(home) };
    await expect(findCandidates('https://huggingface.co/org/model', options)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      hint: expect.stringContaining('<organization>/<name> in place of an address'),
    });
  });

  it.each(['./org/model', '../org/model', '/org/model', 'org\\model', '~/model'])(
    '%s is a path and never asked for',
    async (ref) => {
      using home = temporaryFolder();
      await using mirror = await HubMirror.start(MODEL);
      const options = { root: home.path, environment: environment(home, mirror), download: 'named' as const };
      await expect(findCandidates(ref, options)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      expect(mirror.requests).toEqual([]);
      expect(existsSync(join(home.path, 'hub'))).toBe(false);
    },
  );
});

describe('a model that is in several places', () => {
  it('is tried in each, the project first', async () => {
    using home = temporaryFolder();
    const cached = await pythonLayout(home.path, 'org/model');
    home.write('models/org/model/config.json', '{}');
    const options = { root: home.path, environment: environment(home) };
    const folders = (await findCandidates('org/model', options)).map(({ folder }) => folder);
    expect(folders.slice(0, 2)).toEqual([join(home.path, 'models/org/model'), cached]);
    await rm(join(home.path, 'models'), { recursive: true });
    expect((await findCandidates('org/model', options))[0]?.folder).toBe(cached);
  });
});

describe('a path', () => {
  it('may be a file of weights: then it is exactly that one', async () => {
    using home = temporaryFolder({
      'm/config.json': '{}',
      'm/onnx/model_quantized.onnx': 'x',
      'm/model.safetensors': 'y',
    });
    const options = { root: home.path, environment: environment(home) };
    expect(await resolveModel('m/onnx/model_quantized.onnx', options)).toMatchObject({
      id: 'm',
      folder: join(home.path, 'm'),
      weights: join(home.path, 'm/onnx/model_quantized.onnx'),
      source: 'folder',
    });
  });

  it('may be a folder that lacks config.json, which is told when it is opened; any other folder is no model', async () => {
    using home = temporaryFolder({ 'm/model.safetensors': 'y', 'docs/a.md': '' });
    const options = { root: home.path, environment: environment(home) };
    expect(await resolveModel('./m', options)).toMatchObject({ folder: join(home.path, 'm') });
    await expect(resolveModel('./docs', options)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});
