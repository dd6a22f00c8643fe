import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pullModel, type PulledModel, type PullModelOptions } from '../../../../src/model/hub/pull-model.ts';
import { HubMirror, type HubMirrorOptions } from '../../../helpers/hub-mirror.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../helpers/temporary-folder.ts';

/** Bytes that look like weights: the same each time, and no two parts alike. */
export function weights(bytes: number, seed = 'weights'): Buffer {
  const blocks = Math.ceil(bytes / 32);
  const hash = (index: number): Buffer => createHash('sha256').update(`${seed} ${index}`).digest();
  return Buffer.concat(Array.from({ length: blocks }, (_, index) => hash(index))).subarray(0, bytes);
}

export const WEIGHTS: Buffer = weights(100_000);
export const MODEL: Readonly<
  Record<'config.json' | 'modules.json' | '1_Pooling/config.json' | 'tokenizer.json', string>
> & {
  readonly 'model.safetensors': Buffer;
} = {
  'config.json': '{"model_type":"bert"}',
  'modules.json': '[{"path":""},{"path":"1_Pooling"}]',
  '1_Pooling/config.json': '{}',
  'tokenizer.json': '{"model":{}}',
  'model.safetensors': WEIGHTS,
};
export const BLOB: string = createHash('sha256').update(WEIGHTS).digest('hex');
export const COMMIT: string = 'a'.repeat(40);

/** A mirror and an empty cache. */
export interface Bench extends AsyncDisposable {
  readonly mirror: HubMirror;
  readonly home: TemporaryFolder;
  /** Waits that were asked for, in milliseconds; none is waited for. */
  readonly delays: (number | undefined)[];
  readonly options: PullModelOptions;
  pull(reference?: string, options?: PullModelOptions): Promise<PulledModel>;
  /** Names in `blobs/`. */
  blobs(): string[];
}

export async function bench(
  options: HubMirrorOptions & { readonly env?: Readonly<Record<string, string>> } = {},
  files: Readonly<Record<string, string | Uint8Array>> = MODEL,
): Promise<Bench> {
  const mirror = await HubMirror.start(files, options);
  const home = temporaryFolder();
  const delays: (number | undefined)[] = [];
  const environment = { HOME: home.path, HF_HOME: home.path, HF_ENDPOINT: mirror.url, ...options.env };
  const retryDelay = (_failures: number, retryAfterMs: number | undefined): number => {
    delays.push(retryAfterMs);
    return 0;
  };
  const pullOptions = { environment, retryDelay };
  return {
    mirror,
    home,
    delays,
    options: pullOptions,
    pull: (reference = 'org/model', more = {}) => pullModel(reference, { ...pullOptions, ...more }),
    blobs: () => {
      const folder = join(home.path, 'hub', 'models--org--model', 'blobs');
      return existsSync(folder) ? readdirSync(folder).toSorted() : [];
    },
    async [Symbol.asyncDispose]() {
      await mirror[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    },
  };
}

/** Files of a downloaded model that are not there with the right content. */
export function damaged(
  { folder }: PulledModel,
  files: Readonly<Record<string, string | Uint8Array>> = MODEL,
): string[] {
  const isWhole = (path: string, content: string | Uint8Array): boolean =>
    existsSync(join(folder, path)) && readFileSync(join(folder, path)).equals(Buffer.from(content));
  return Object.entries(files).flatMap(([path, content]) => (isWhole(path, content) ? [] : [path]));
}
