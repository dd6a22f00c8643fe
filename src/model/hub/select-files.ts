import { arch } from 'node:process';
import { HubError } from './hub-error.ts';
import type { HubFile } from './list-files.ts';

/** Largest file of words; the largest tokenizers have 33 MB. */
const MAX_VOCABULARY_BYTES = 128 * 1024 * 1024;
/** Largest file of settings (CWE-770), and largest index of a sharded checkpoint. */
const MAX_SETTINGS_BYTES = 4 * 1024 * 1024;
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
/** A README longer than this is not worth its time: it only helps to tell whether a model is quantized. */
const MAX_README_BYTES = 1024 * 1024;
/** Largest sum of weights: models of text embeddings end far below. */
const MAX_WEIGHT_BYTES = 32 * 1024 * 1024 * 1024;

/** What describes a network and its tokenizer, in the folder of the network. */
const DESCRIPTIONS: readonly RegExp[] = [
  /^(?:config|modules|tokenizer|tokenizer_config|special_tokens_map|added_tokens)\.json$/,
  /^(?:config_sentence_transformers|sentence_\w+_config|quantization_config|quantize_config|adapter_config)\.json$/,
  /^sentence_xlm-roberta_config\.json$/,
  /^(?:vocab\.txt|vocab\.json|merges\.txt|sentencepiece\.bpe\.model|spiece\.model|tokenizer\.model)$/,
  /^README\.md$/,
];

/** Checkpoints by preference, as they are looked for in a folder. */
const CHECKPOINTS = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
];

/** Ready graphs by preference: int8 first, those made for this kind of processor before any, and never half precision. */
const ONNX_GRAPHS = [
  'model_quantized',
  'model_int8',
  'model_uint8',
  ...(arch === 'arm64' ? ['model_qint8_arm64'] : ['model_quint8_avx2', 'model_qint8_avx512_vnni']),
  'model',
].flatMap((name) => [`onnx/${name}.onnx`, `${name}.onnx`]);

/** What a repository says about itself in the files that are fetched first. */
export interface RepositoryOutline {
  /** Folders of the modules of sentence-transformers besides the network. */
  readonly moduleFolders: readonly string[];
  /** Names of the files behind the index of a sharded checkpoint; none for another. */
  readonly shards: readonly string[];
}

/** The file of the network's weights that is taken: a checkpoint, an index of one, or a graph; undefined where there is none. */
export function preferredWeights(files: readonly HubFile[]): HubFile | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const path of [...CHECKPOINTS, ...ONNX_GRAPHS]) {
    const file = byPath.get(path);
    if (file !== undefined) return file;
  }
  return files.find(({ path }) => /^(?:onnx\/)?model[\w-]*\.onnx$/.test(path));
}

/**
 * The files of a repository that make a model, the weights last: settings, tokenizer, README, modules, and one format of
 * weights.
 *
 * @throws {@link HubError} `HUB_NO_MODEL` when config.json, weights or shards are not there; `HUB_TOO_LARGE`.
 */
export function selectFiles(id: string, files: readonly HubFile[], outline: RepositoryOutline): readonly HubFile[] {
  const weights = preferredWeights(files);
  if (!files.some(({ path }) => path === 'config.json')) throw noModel(id, 'config.json');
  if (weights === undefined) throw noModel(id, 'model.safetensors or pytorch_model.bin');
  const descriptions = files.filter((file) => isDescription(file));
  const modules = outline.moduleFolders.flatMap((folder) => moduleFiles(files, folder));
  const parts = outline.shards.map((name) => {
    const shard = files.find(({ path }) => path === name);
    if (shard === undefined) throw noModel(id, name);
    return shard;
  });
  // The values of a large graph lie in files beside it.
  const external = files.filter(({ path }) => path === `${weights.path}_data` || path === `${weights.path}.data`);
  const small = [...descriptions, ...modules];
  assertSizes(small, [weights, ...parts, ...external]);
  return [...new Set([...small, weights, ...parts, ...external])];
}

function isDescription({ path, size }: HubFile): boolean {
  if (path === 'README.md' && size > MAX_README_BYTES) return false;
  return DESCRIPTIONS.some((pattern) => pattern.test(path));
}

/** Settings of a module, and its weights where it has some. */
function moduleFiles(files: readonly HubFile[], folder: string): readonly HubFile[] {
  const named = (name: string): readonly HubFile[] => files.filter(({ path }) => path === `${folder}/${name}`);
  const safetensors = named('model.safetensors');
  return [...named('config.json'), ...(safetensors.length > 0 ? safetensors : named('pytorch_model.bin'))];
}

function assertSizes(small: readonly HubFile[], weights: readonly HubFile[]): void {
  for (const { path, size } of [...small, ...weights.filter((file) => file.path.endsWith('.json'))]) {
    const maxBytes = sizeLimit(path);
    if (size > maxBytes) throw tooLarge(path, size, maxBytes);
  }
  const bytes = weights.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MAX_WEIGHT_BYTES) throw tooLarge('the weights', bytes, MAX_WEIGHT_BYTES);
}

function sizeLimit(path: string): number {
  if (path.endsWith('.index.json')) return MAX_INDEX_BYTES;
  if (/^(?:tokenizer|vocab)\.json$/.test(path)) return MAX_VOCABULARY_BYTES;
  if (path.endsWith('.json')) return MAX_SETTINGS_BYTES;
  // Weights of a module count as words do: they are one matrix.
  return MAX_VOCABULARY_BYTES;
}

function tooLarge(what: string, bytes: number, maxBytes: number): HubError {
  return new HubError(`${what} would have ${bytes} bytes, more than the ${maxBytes} that are taken`, {
    code: 'HUB_TOO_LARGE',
    hint: 'Name another model: no model of text embeddings is that large.',
    details: { bytes, maxBytes },
  });
}

function noModel(id: string, missing: string): HubError {
  return new HubError(`${id} has no ${missing}`, {
    code: 'HUB_NO_MODEL',
    hint: 'Name a model of sentence-transformers or transformers with PyTorch, safetensors or ONNX weights.',
    details: { id, missing },
  });
}
