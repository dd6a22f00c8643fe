import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { QueryEncoder } from '../../../src/search/query-encoder.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { MODEL_META } from '../../../src/store/model-record.ts';
import { modelContent } from '../../faults/fault.ts';
import { HubMirror } from '../../helpers/hub-mirror.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a model that has gone', () => {
  it('is not downloaded for a question, though the hub has it', async () => {
    using folder = temporaryFolder({});
    await using store = await EmbeddedStore.open(':memory:');
    // An index that does not say where its model was: only the name is left.
    await store.setMeta({ [MODEL_META.id]: 'org/model', [MODEL_META.fingerprint]: 'a' });
    await using hub = await HubMirror.start(modelContent('float'));
    for (const [name, value] of [
      ['HF_ENDPOINT', hub.url],
      ['HF_HUB_CACHE', join(folder.path, 'hub')],
      ['CODEGRAPHAI_CACHE', join(folder.path, 'cache')],
      ['NO_PROXY', '127.0.0.1'],
      ['HF_HUB_OFFLINE', ''],
      ['TRANSFORMERS_OFFLINE', ''],
    ] as const) {
      vi.stubEnv(name, value);
    }
    const questions = new QueryEncoder({ root: folder.path, store });
    try {
      await expect(questions.open()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      expect(hub.requests).toEqual([]);
    } finally {
      await questions.close();
    }
  });
});
