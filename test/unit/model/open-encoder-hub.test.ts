import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openEncoder, type OpenEncoderOptions } from '../../../src/model/open-encoder.ts';
import { FALLBACK_MODEL } from '../../../src/model/resolve-model.ts';
import { HubMirror, onFile, refuse, type Fault } from '../../helpers/hub-mirror.ts';
import { temporaryFolder, type TemporaryFolder } from '../../helpers/temporary-folder.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/faults', import.meta.url));
const ID = 'org/model';

/** A small model: file name to content. */
function smallModel(): Record<string, Uint8Array> {
  const content: Record<string, Uint8Array> = {};
  for (const folder of [join(FIXTURES, 'quantized'), join(FIXTURES, 'tokenizer')]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (statSync(path).isFile()) content[name.split(sep).join('/')] = readFileSync(path);
    }
  }
  return content;
}

/** Puts another small model where the default order finds it, so that nothing large is compiled. */
function withFallback(home: TemporaryFolder): string {
  const folder = join(home.path, 'models', FALLBACK_MODEL);
  cpSync(join(FIXTURES, 'float'), folder, { recursive: true });
  cpSync(join(FIXTURES, 'tokenizer'), folder, { recursive: true });
  return folder;
}

function options(home: TemporaryFolder, mirror: HubMirror, more: OpenEncoderOptions = {}): OpenEncoderOptions {
  const environment = { HOME: home.path, HF_HOME: home.path, HF_ENDPOINT: mirror.url };
  const cacheDir = join(home.path, 'cache');
  return { root: home.path, environment, cacheDir, workers: 1, retryDelay: () => 0, ...more };
}

const damagedWeights: Fault = onFile('pytorch_model.bin', ({ reply }, { content }) => {
  reply.end(Buffer.alloc(content.length));
  return true;
});

describe('openEncoder with a hub id', () => {
  it('downloads the model, tells how far it is, and needs no network the next time', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(smallModel());
    const seen: number[] = [];
    const onDownload: OpenEncoderOptions['onDownload'] = ({ bytesDone, bytesTotal }) =>
      void seen.push(bytesDone / bytesTotal);
    const first = await openEncoder(ID, options(home, mirror, { onDownload, strict: true }));
    await using encoder = first.encoder;
    expect(first).toMatchObject({ model: { id: ID, source: 'hub' }, diagnostics: [], passedOver: [] });
    expect(seen.at(-1)).toBe(1);
    const vector = (await encoder.encode(['open a file'])).row(0);
    const asked = mirror.requests.length;
    const second = await openEncoder(ID, options(home, mirror, { offline: true, strict: true }));
    await using again = second.encoder;
    expect(second.model.source).toBe('hub-cache');
    expect((await again.encode(['open a file'])).row(0)).toEqual(vector);
    expect(again.identity).toEqual(encoder.identity);
    expect(mirror.requests).toHaveLength(asked);
  });

  it.each<[string, OpenEncoderOptions, Fault | undefined, string]>([
    ['the network is forbidden', { offline: true }, undefined, 'HUB_OFFLINE'],
    ['the hub is down', {}, ({ reply }) => refuse(reply, 503), 'HUB_UNAVAILABLE'],
    ['its weights come damaged', {}, damagedWeights, 'HUB_CORRUPT'],
  ])('takes the default order when %s, and throws when strict', async (_name, more, fault, code) => {
    using home = temporaryFolder();
    const folder = withFallback(home);
    await using mirror = await HubMirror.start(smallModel(), { fault });
    const opened = await openEncoder(ID, options(home, mirror, more));
    await using _encoder = opened.encoder;
    expect(opened.model).toMatchObject({ id: FALLBACK_MODEL, folder });
    expect(opened.passedOver).toMatchObject([{ id: ID, code, hint: expect.any(String) }]);
    expect(opened.diagnostics[0]).toMatchObject({
      code: 'MODEL_FALLBACK',
      severity: 'warning',
      message: expect.stringMatching(
        new RegExp(`^model ${ID} cannot be used \\(${code}: .*; trying ${FALLBACK_MODEL}`),
      ),
    });
    await expect(openEncoder(ID, options(home, mirror, { ...more, strict: true }))).rejects.toMatchObject({ code });
  });

  it('throws for a name that is nowhere, strict or not, and never asks for one it may not download', async () => {
    using home = temporaryFolder();
    withFallback(home);
    await using mirror = await HubMirror.start(smallModel());
    for (const strict of [false, true]) {
      const failure = openEncoder('org/typo', options(home, mirror, { strict }));
      await expect(failure).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', cause: { code: 'HUB_NOT_FOUND' } });
    }
    const asked = mirror.requests.length;
    const refused = openEncoder(ID, options(home, mirror, { download: 'never' }));
    await expect(refused).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(mirror.requests).toHaveLength(asked);
  });

  it('takes the copy in the Hugging Face cache when that in the project is damaged', async () => {
    using home = temporaryFolder();
    await using mirror = await HubMirror.start(smallModel());
    await using _first = (await openEncoder(ID, options(home, mirror))).encoder;
    for (const [path, content] of Object.entries(smallModel())) {
      const target = join(home.path, 'models', ID, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, path === 'pytorch_model.bin' ? content.subarray(0, 1_000) : content);
    }
    const opened = await openEncoder(ID, options(home, mirror));
    await using _second = opened.encoder;
    expect(opened.model).toMatchObject({ id: ID, source: 'hub-cache' });
    expect(opened.passedOver).toMatchObject([{ id: ID, folder: join(home.path, 'models', ID) }]);
  });

  it('stops when it is aborted', async () => {
    using home = temporaryFolder();
    const abort = new AbortController();
    await using mirror = await HubMirror.start(smallModel(), {
      fault: () => {
        abort.abort(new DOMException('interrupted', 'AbortError'));
        return true;
      },
    });
    const opening = openEncoder(ID, options(home, mirror, { signal: abort.signal }));
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });
});
