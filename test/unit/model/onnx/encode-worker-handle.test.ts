import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EncodeWorkerHandle } from '../../../../src/model/onnx/encode-worker-handle.ts';

const DATA = {
  modelPath: '/no/such/model.onnx',
  tokenizer: new SharedArrayBuffer(8),
  runtime: null,
  device: 'cpu',
  ready: null,
};
const OPTIONS = { maxTokens: 512, longTexts: 'window' } as const;

describe('EncodeWorkerHandle', () => {
  it('rejects everything a worker held when it dies', async () => {
    const entry = new URL('../../../fixtures/model/dying-worker.ts', import.meta.url);
    const worker = new EncodeWorkerHandle(DATA, entry);
    await worker.ready;
    const results = await Promise.allSettled([worker.encode('first', OPTIONS), worker.encode('second', OPTIONS)]);
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'MODEL_WORKER_FAILED', details: { exitCode: 3 } },
      });
    }
    expect(worker.alive).toBe(false);
    await expect(worker.encode('third', OPTIONS)).rejects.toMatchObject({ code: 'MODEL_WORKER_FAILED' });
    await worker.close();
  });

  it('says why a worker cannot start', async () => {
    const worker = new EncodeWorkerHandle(DATA);
    await expect(worker.ready).rejects.toMatchObject({ code: 'MODEL_RUNTIME_FAILED', hint: expect.any(String) });
    await expect(worker.encode('text', OPTIONS)).rejects.toMatchObject({ code: 'MODEL_RUNTIME_FAILED' });
    await worker.close();
  });

  it('keeps the process alive until a worker that closes early has ended', () => {
    const script = fileURLToPath(new URL('../../../fixtures/model/close-before-ready.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'closed', stderr: '' });
  });
});
