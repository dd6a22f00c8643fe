import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CodeGraphError, errorMessage } from '../../kernel/errors.ts';
import { openTokenizer } from '../tokenizer/open-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { EncodeRequest, EncodeResponse, EncodeWorkerData, TransferredError } from './encode-protocol.ts';
import { loadRuntime, type EncodeSession } from './runtime.ts';
import { splitText } from './split-text.ts';

/** Entry of an encode worker thread; see encode-protocol.ts. */
async function serve(port: MessagePort, data: EncodeWorkerData): Promise<void> {
  const runtime = await loadRuntime(data.runtime ?? undefined);
  const session = await runtime.createSession(data.modelPath, { device: data.device, ready: data.ready });
  const tokenizer = openTokenizer(data.tokenizer);
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
      const response = await answerTask(request, session, tokenizer);
      post(port, response, response.type === 'encoded' ? [response.embedding.buffer] : []);
    } catch (cause) {
      post(port, { type: 'failed', task: request.task, error: transferred(cause) });
    }
  }
}

type TaskRequest = Exclude<EncodeRequest, { type: 'close' }>;
/** Embeddings in memory of their own, which can be handed over instead of copied. */
type TaskResponse =
  | (Extract<EncodeResponse, { type: 'encoded' }> & { embedding: Float32Array<ArrayBuffer> })
  | Extract<EncodeResponse, { type: 'split' | 'tokenized' }>;

async function answerTask(request: TaskRequest, session: EncodeSession, tokenizer: Tokenizer): Promise<TaskResponse> {
  const { task } = request;
  if (request.type === 'tokenize') {
    return { type: 'tokenized', task, ...tokenizer.tokenize(request.text, { maxLength: request.maxTokens }) };
  }
  if (request.type === 'run') return { ...(await encodeIds(session, request.ids)), task };
  const { text, maxTokens, longTexts } = request;
  const { ids, truncated } = tokenizer.encode(text, { maxLength: maxTokens });
  if (truncated && longTexts === 'window') return { type: 'split', task, ...splitText(tokenizer, text, maxTokens) };
  const encoded = await encodeIds(session, ids);
  const tokenCount = truncated ? tokenizer.countTokens(text) : ids.length;
  return { ...encoded, task, tokenCount };
}

async function encodeIds(session: EncodeSession, ids: Int32Array) {
  // A copy: a runtime may keep the output's memory.
  const embedding = new Float32Array(await session.run(ids));
  return { type: 'encoded', embedding, tokenCount: ids.length, encodedTokenCount: ids.length } as const;
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
