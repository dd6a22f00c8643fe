import { join } from 'node:path';
import { JsonObject, readJsonFile, readJsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';
import { readDense, readLayerNorm, readNormalize, unsupportedModule, type SentenceModule } from './sentence-modules.ts';
import { readTextLimit, type TextLimit } from './transformer-module.ts';

/** How token embeddings become one sentence embedding, in the order in which several are joined. */
export const POOLINGS = ['cls', 'max', 'mean', 'mean_sqrt_len_tokens', 'weightedmean', 'lasttoken'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** What sentence-transformers does around the network, from modules.json and the files it names. */
export interface SentencePipeline extends TextLimit {
  readonly pooling: Pooling;
  /** Further poolings, whose outputs are joined to that of `pooling`; none for nearly every model. */
  readonly extraPoolings: readonly Pooling[];
  /** Steps after pooling but for a normalization at the end. */
  readonly modules: readonly SentenceModule[];
  /** Whether the last step normalizes. */
  readonly normalize: boolean;
  /** Width of the sentence embedding. */
  readonly dimensions: number;
}

export interface ReadSentencePipelineOptions {
  /** Width of the network's output, which the pooling must agree with. */
  readonly hiddenSize: number;
  /** Whether rows are normalized when there is no modules.json. */
  readonly normalizeByDefault: boolean;
}

/** The boolean flags of 1_Pooling/config.json that stand for a pooling, before sentence-transformers 6. */
const POOLING_FLAGS: Readonly<Record<Pooling, string>> = {
  cls: 'pooling_mode_cls_token',
  max: 'pooling_mode_max_tokens',
  mean: 'pooling_mode_mean_tokens',
  mean_sqrt_len_tokens: 'pooling_mode_mean_sqrt_len_tokens',
  weightedmean: 'pooling_mode_weightedmean_tokens',
  lasttoken: 'pooling_mode_lasttoken',
};

/**
 * Reads modules.json, the files it names, and the length limits beside them. Without modules.json it is what
 * sentence-transformers does for a bare network: mean pooling.
 *
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID`, `MODEL_FILE_MISSING`, or `MODEL_UNSUPPORTED` for another module,
 * another order of them, or an option that is not computed.
 */
export async function readSentencePipeline(
  folder: string,
  options: ReadSentencePipelineOptions,
): Promise<SentencePipeline> {
  const limit = await readTextLimit(folder);
  const modules = await readJsonFile(folder, 'modules.json');
  if (modules === undefined) {
    const poolings = await readPoolings(folder, '1_Pooling', options.hiddenSize);
    const steps: SentenceModule[] = options.normalizeByDefault ? [{ kind: 'normalize' }] : [];
    return { ...assemble(poolings, steps, options.hiddenSize), ...limit };
  }
  const path = join(folder, 'modules.json');
  if (!Array.isArray(modules)) {
    throw new ModelError(`${path} is not a list`, {
      code: 'MODEL_CONFIG_INVALID',
      hint: 'Get the model again: this file is damaged.',
      details: { path, field: '' },
    });
  }
  const entries = modules.map((entry) => new JsonObject(path, entry));
  return { ...(await readModules(folder, entries, options.hiddenSize)), ...limit };
}

/** Transformer, Pooling, then any number of the others. */
async function readModules(
  folder: string,
  entries: readonly JsonObject[],
  hiddenSize: number,
): Promise<Omit<SentencePipeline, keyof TextLimit>> {
  const [transformer, ...rest] = entries;
  if (transformer !== undefined) assertTransformer(transformer);
  let poolings: readonly Pooling[] | null = null;
  let width = hiddenSize;
  const steps: SentenceModule[] = [];
  for (const entry of rest) {
    const kind = kindOf(entry);
    if (kind === 'Dropout') continue; // Does nothing outside of training.
    if (kind === 'Pooling' && poolings === null) {
      poolings = await readPoolings(folder, pathOf(entry, '1_Pooling'), hiddenSize);
      width = poolings.length * hiddenSize;
      continue;
    }
    if (poolings === null || kind === 'Pooling') throw unsupportedModule(entry.path, `module ${kind} in this place`);
    const step = await readStep(folder, entry, width);
    if (step.kind === 'dense') width = step.outputSize;
    steps.push(step);
  }
  return assemble(poolings ?? ['mean'], steps, width);
}

function assemble(
  [pooling = 'mean', ...extraPoolings]: readonly Pooling[],
  steps: readonly SentenceModule[],
  dimensions: number,
): Omit<SentencePipeline, keyof TextLimit> {
  const normalize = steps.at(-1)?.kind === 'normalize';
  return { pooling, extraPoolings, modules: normalize ? steps.slice(0, -1) : steps, normalize, dimensions };
}

async function readStep(folder: string, entry: JsonObject, width: number): Promise<SentenceModule> {
  const kind = kindOf(entry);
  switch (kind) {
    case 'Normalize':
      return await readNormalize(folder, entry.string('path', '') === '' ? '' : pathOf(entry, ''));
    case 'Dense':
      return await readDense(folder, pathOf(entry, '2_Dense'), width);
    case 'LayerNorm':
      return await readLayerNorm(folder, pathOf(entry, '2_LayerNorm'), width);
    default:
      throw unsupportedModule(entry.path, `module ${kind}`);
  }
}

/**
 * The class of a module: its Python path changes between versions of sentence-transformers, the last word does not. Code
 * that the model brings along may bear the same word.
 */
function kindOf(entry: JsonObject): string {
  const type = entry.string('type', '');
  if (!type.startsWith('sentence_transformers.')) throw unsupportedModule(entry.path, `code of its own (${type})`);
  return type.split('.').at(-1) ?? '';
}

function assertTransformer(entry: JsonObject): void {
  if (kindOf(entry) !== 'Transformer') throw unsupportedModule(entry.path, `${kindOf(entry)} as its first module`);
  const path = entry.string('path', '');
  if (path !== '' && path !== '.') {
    throw new ModelError(`${entry.path} has the network in the subfolder ${JSON.stringify(path)}`, {
      code: 'MODEL_UNSUPPORTED',
      hint: 'Open the model with sentence-transformers 3 or later and save it again: its files then lie in one folder.',
      details: { path: entry.path, feature: `transformer path ${path}` },
    });
  }
}

/** Only a plain folder name: the path comes from a file of the model (CWE-22). */
function pathOf(entry: JsonObject, fallback: string): string {
  const path = entry.string('path', fallback);
  if (!/^[\w-]+$/.test(path)) throw unsupportedModule(entry.path, `the folder ${JSON.stringify(path)}`);
  return path;
}

async function readPoolings(folder: string, path: string, hiddenSize: number): Promise<readonly Pooling[]> {
  const config = await readJsonObject(folder, join(path, 'config.json'));
  if (config === null) return ['mean'];
  if (!config.boolean('include_prompt', true)) throw unsupportedModule(config.path, 'include_prompt=false');
  const field = config.get('embedding_dimension') === undefined ? 'word_embedding_dimension' : 'embedding_dimension';
  const dimensions = config.integer(field, { min: 1, max: 16_384 }, hiddenSize);
  if (dimensions !== hiddenSize) {
    throw new ModelError(
      `${config.path}: the pooling expects ${dimensions} dimensions, the network has ${hiddenSize}`,
      {
        code: 'MODEL_CONFIG_INVALID',
        hint: 'Get the model again: its files belong to different models.',
        details: { path: config.path, field },
      },
    );
  }
  const named = namedPoolings(config);
  const modes = named.length > 0 ? named : POOLINGS.filter((mode) => config.boolean(POOLING_FLAGS[mode], false));
  return modes.length > 0 ? modes : ['mean'];
}

/** `pooling_mode`: one name, or a list of names to be joined in its order. */
function namedPoolings(config: JsonObject): readonly Pooling[] {
  const value = config.get('pooling_mode') ?? [];
  return (Array.isArray(value) ? value : [value]).map((name: unknown) => {
    const pooling = POOLINGS.find((candidate) => candidate === name);
    if (pooling === undefined) throw unsupportedModule(config.path, `pooling_mode=${JSON.stringify(name)}`);
    return pooling;
  });
}
