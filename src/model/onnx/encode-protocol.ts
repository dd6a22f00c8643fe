import type { RuntimeName } from './runtime.ts';

/*
 * How the encoder (main thread) and an encode worker talk.
 *
 *   main                          worker
 *    │ ── workerData ──────────────► │  loads runtime, session and tokenizer
 *    │ ◄──────────── ready | failed ─│  once; after `failed` without task the worker ends
 *    │ ── encode {task, text} ─────► │  any number, answered in order
 *    │ ◄─ encoded | failed {task} ───│
 *    │ ── close ───────────────────► │  releases the session and ends with exit code 0
 *
 * A worker that ends in any other way has failed, with every task it still held.
 */

/** What a worker starts with. */
export interface EncodeWorkerData {
  readonly modelPath: string;
  /** Image made by `compileTokenizer`, shared by all workers. */
  readonly tokenizer: SharedArrayBuffer;
  readonly maxTokens: number;
  readonly runtime: RuntimeName | null;
}

export type EncodeRequest =
  | { readonly type: 'encode'; readonly task: number; readonly text: string }
  | { readonly type: 'close' };

/** Errors cross threads as data: structured clone drops an error's own class and fields. */
export interface TransferredError {
  readonly message: string;
  readonly code: string | null;
  readonly hint: string | null;
}

export type EncodeResponse =
  | { readonly type: 'ready'; readonly runtime: RuntimeName; readonly reason: string }
  | {
      readonly type: 'encoded';
      readonly task: number;
      readonly embedding: Float32Array;
      /** Tokens of the whole text, special tokens included. */
      readonly tokenCount: number;
      /** Tokens that were encoded. */
      readonly encodedTokenCount: number;
    }
  | {
      readonly type: 'failed';
      /** Null when the worker could not start. */
      readonly task: number | null;
      readonly error: TransferredError;
    };
