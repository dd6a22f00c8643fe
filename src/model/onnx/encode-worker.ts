import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CodeGraphError, errorMessage } from '../../kernel/errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { UnigramTokenizer } from '../tokenizer/unigram-tokenizer.ts';
import type { EncodeRequest, EncodeResponse, EncodeWorkerData, TransferredError } from './encode-protocol.ts';
import { loadRuntime, type EncodeSession } from './runtime.ts';

/** Entry of an encode worker thread; see encode-protocol.ts. */
async function serve(port: MessagePort, data: EncodeWorkerData): Promise<void> {
  const runtime = await loadRuntime(data.runtime ?? undefined);
  const session = await runtime.createSession(data.modelPath);
  const tokenizer = UnigramTokenizer.fromCompiled(data.tokenizer);
  // Requests are answered one after the other, so `close` waits for the tasks before it.
  let last = Promise.resolve();
  port.on('message', (request: EncodeRequest) => {
    last = last.then(() => answer(request));
  });
  post(port, { type: 'ready', runtime: runtime.name, reason: runtime.reason });

  async function answer(request: EncodeRequest): Promise<void> {
    if (request.type === 'close') {
      await session.release();
      port.close();
      return;
    }
    try {
      const response = await encodeText(request, { session, tokenizer, maxTokens: data.maxTokens });
      post(port, response, [response.embedding.buffer]);
    } catch (cause) {
      post(port, { type: 'failed', task: request.task, error: transferred(cause) });
    }
  }
}

async function encodeText(
  { task, text }: Extract<EncodeRequest, { type: 'encode' }>,
  { session, tokenizer, maxTokens }: { session: EncodeSession; tokenizer: Tokenizer; maxTokens: number },
): Promise<Extract<EncodeResponse, { type: 'encoded' }> & { embedding: Float32Array<ArrayBuffer> }> {
  const { ids, truncated } = tokenizer.encode(text, { maxLength: maxTokens });
  // A copy: the tokenizer may reuse its buffer, and a runtime may keep the output's memory.
  const embedding = new Float32Array(await session.run(ids));
  const tokenCount = truncated ? tokenizer.encode(text).ids.length : ids.length;
  return { type: 'encoded', task, embedding, tokenCount, encodedTokenCount: ids.length };
}

function post(port: MessagePort, response: EncodeResponse, transfer: ArrayBuffer[] = []): void {
  port.postMessage(response, transfer);
}

function transferred(cause: unknown): TransferredError {
  return CodeGraphError.isInstance(cause)
    ? { message: cause.message, code: cause.code, hint: cause.hint ?? null }
    : { message: errorMessage(cause), code: null, hint: null };
}

if (parentPort === null) throw new TypeError('encode-worker is started by OnnxEncoder as a worker thread');
const port = parentPort;
// The boundary: OnnxEncoder is the only one that starts this module, with exactly this data.
const data: EncodeWorkerData = workerData;
serve(port, data).catch((cause: unknown) => {
  post(port, { type: 'failed', task: null, error: transferred(cause) });
  port.close();
});
