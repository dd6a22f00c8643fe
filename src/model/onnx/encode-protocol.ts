import type { LongTexts } from '../encoder.ts';
import type { Device } from './execution-device.ts';
import type { ReadyPlan } from './ready/ready-plan.ts';
import type { RuntimeName } from './runtime.ts';
import type { SplitText } from './split-text.ts';

/*
 * How the encoder (main thread) and an encode worker talk.
 *
 *   main                          worker
 *    │ ── workerData ──────────────► │  loads runtime, session and tokenizer
 *    │ ◄──────────── ready | failed ─│  once; after `failed` without task the worker ends
 *    │ ── encode {task, text} ─────► │  any number of requests, answered in order
 *    │ ◄─ encoded | split | failed ──│  `split` when the text is too long: its windows come back as `run`, each to any worker
 *    │ ── run {task, ids} ─────────► │
 *    │ ◄──────── encoded | failed ───│
 *    │ ── tokenize {task, text} ───► │
 *    │ ◄────── tokenized | failed ───│
 *    │ ── close ───────────────────► │  releases the session and ends with exit code 0
 *
 * A worker that ends in any other way has failed, with every task it still held.
 */

/** What a worker starts with. */
export interface EncodeWorkerData {
  readonly modelPath: string;
  /** Image made by `compileTokenizer`, shared by all workers. */
  readonly tokenizer: SharedArrayBuffer;
  readonly runtime: RuntimeName | null;
  readonly device: Device;
  /** How a graph that was not compiled here is run. */
  readonly ready: ReadyPlan | null;
}

export type EncodeRequest =
  | {
      readonly type: 'encode';
      readonly task: number;
      readonly text: string;
      /** Most ids of a run, special tokens included. */
      readonly maxTokens: number;
      readonly longTexts: LongTexts;
    }
  | { readonly type: 'run'; readonly task: number; readonly ids: Int32Array }
  | { readonly type: 'tokenize'; readonly task: number; readonly text: string; readonly maxTokens: number }
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
  | ({ readonly type: 'split'; readonly task: number } & SplitText)
  | {
      readonly type: 'tokenized';
      readonly task: number;
      readonly ids: Int32Array;
      /** As the vocabulary writes them. */
      readonly tokens: readonly string[];
      readonly truncated: boolean;
    }
  | {
      readonly type: 'failed';
      /** Null when the worker could not start. */
      readonly task: number | null;
      readonly error: TransferredError;
    };
