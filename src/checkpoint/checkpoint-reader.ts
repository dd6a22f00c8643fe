import { endianness } from 'node:os';
import type { ByteSource } from '../kernel/byte-source.ts';
import { CheckpointFailure } from './checkpoint-error.ts';
import type { AcceptsEntry, CheckpointFile } from './checkpoint-file.ts';
import { detectFormat, SNIFF_BYTES } from './detect-format.ts';
import { readSafetensors } from './safetensors/safetensors.ts';
import { StateDictBuilder } from './state-dict-builder.ts';
import type { CheckpointFormat, StateDict } from './state-dict.ts';
import { readTorchLegacy } from './torch/torch-legacy.ts';
import { readTorchZip } from './torch/torch-zip.ts';

/** How files are read. */
export interface ReadFileOptions {
  readonly verifyTensorCrc: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What a checkpoint holds, in whatever number of files. */
export interface CheckpointContent {
  readonly stateDict: StateDict;
  /** Globals the pickles name, `module.name`, in order of first use. */
  readonly globals: readonly string[];
}

async function readFile(
  source: ByteSource,
  failure: CheckpointFailure,
  options: ReadFileOptions,
): Promise<CheckpointFile> {
  options.signal?.throwIfAborted();
  if (endianness() !== 'LE') {
    throw failure.unsupported(
      'host',
      'cannot be read here: this machine is big-endian',
      'Use a little-endian machine.',
    );
  }
  const start = new Uint8Array(Math.min(SNIFF_BYTES, source.sizeBytes));
  await source.read(start, 0);
  const format = detectFormat(start, failure);
  if (format === 'safetensors') return readSafetensors(source, failure);
  if (format === 'torch-zip') return readTorchZip(source, failure, options);
  return readTorchLegacy(source, failure, options);
}

/** Reads the files of a checkpoint, one after the other, into one state dict. */
export class CheckpointReader {
  readonly #failure: CheckpointFailure;
  readonly #options: ReadFileOptions;
  readonly #builder: StateDictBuilder;
  readonly #globals = new Set<string>();
  #format: CheckpointFormat | undefined;

  /** @param path - Of the checkpoint as a whole, for messages. */
  constructor(path: string, options: ReadFileOptions) {
    this.#failure = new CheckpointFailure(path);
    this.#options = options;
    this.#builder = new StateDictBuilder(this.#failure);
  }

  /**
   * Reads the index of a file and adds its entries. The pickle is let go of then: only tensors are kept.
   *
   * @param accepts - Which entries belong to the checkpoint. @defaultValue all
   * @throws {@link CheckpointError} with the code that says why the file is not read.
   */
  async add(source: ByteSource, accepts: AcceptsEntry = () => true): Promise<CheckpointFile> {
    const failure = new CheckpointFailure(source.name);
    const file = await readFile(source, failure, this.#options);
    if (this.#format !== undefined && this.#format !== file.format) {
      throw failure.malformed(`the shard has the format ${file.format} and those before it ${this.#format}`);
    }
    this.#format = file.format;
    for (const name of file.globals) this.#globals.add(name);
    await file.addTo(this.#builder, accepts);
    return file;
  }

  /**
   * Puts together what was read.
   *
   * @param last - The file that was added last, which is asked for the error when no tensor came out of any.
   * @throws {@link CheckpointError} `CHECKPOINT_NOT_A_CHECKPOINT` without tensors, `CHECKPOINT_MALFORMED`,
   * `CHECKPOINT_UNSUPPORTED`.
   */
  async finish(last: CheckpointFile): Promise<CheckpointContent> {
    const stateDict = await this.#builder.finish(last.format);
    if (stateDict.tensors.size === 0) throw last.withoutTensors();
    return { stateDict, globals: [...this.#globals] };
  }
}
