import { basename } from 'node:path';
import { readJsonObject, type JsonObject } from './json-object.ts';
import { unsupportedModule } from './sentence-modules.ts';

/** What sentence-transformers called its file beside the network, by architecture; the first that is there counts. */
const CONFIG_FILES = ['bert', 'roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet'].map(
  (name) => `sentence_${name}_config.json`,
);

/** Limits beyond these are none: tokenizers without a limit say 1e30. */
const TOKENS = { min: 3, max: 131_072 } as const;

/** Options that change what the network gets or gives; a model without surprises leaves them out. */
const UNUSED_OPTIONS = ['query_length', 'document_length', 'query_expansion', 'processing_kwargs'] as const;

/**
 * Reads how sentence-transformers runs the network: the longest text in tokens, from sentence_bert_config.json or
 * tokenizer_config.json; null when they do not say.
 *
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID`, or `MODEL_UNSUPPORTED` for an option that is not computed.
 */
export async function readMaxTokens(folder: string): Promise<number | null> {
  const tokenizer = await readJsonObject(folder, 'tokenizer_config.json');
  const config = await readTransformerConfig(folder);
  if (config !== null) {
    assertPlain(config);
    assertLowerCaseKnown(config, tokenizer);
    const limit = config.get('max_seq_length') ?? null;
    if (limit !== null) return config.integer('max_seq_length', TOKENS);
  }
  const limit = tokenizer?.get('model_max_length');
  return typeof limit === 'number' && limit >= TOKENS.min && limit <= TOKENS.max ? Math.floor(limit) : null;
}

async function readTransformerConfig(folder: string): Promise<JsonObject | null> {
  for (const name of CONFIG_FILES) {
    const config = await readJsonObject(folder, name);
    if (config !== null) return config;
  }
  return null;
}

/** The tokenizer reads `do_lower_case` of sentence_bert_config.json; of a file by another name only its own flag counts. */
function assertLowerCaseKnown(config: JsonObject, tokenizer: JsonObject | null): void {
  const asked = config.boolean('do_lower_case', false) && basename(config.path) !== CONFIG_FILES[0];
  if (asked && tokenizer?.get('do_lower_case') !== true) throw unsupportedModule(config.path, 'do_lower_case=true');
}

/** sentence-transformers 6 can run other tasks and take other outputs than the last layer's. */
function assertPlain(config: JsonObject): void {
  const task = config.string('transformer_task', 'feature-extraction');
  if (task !== 'feature-extraction') throw unsupportedModule(config.path, `transformer_task=${task}`);
  const output = config.object('modality_config')?.object('text')?.get('method_output_name') ?? 'last_hidden_state';
  if (output !== 'last_hidden_state') {
    throw unsupportedModule(config.path, `method_output_name=${JSON.stringify(output)}`);
  }
  for (const name of UNUSED_OPTIONS) {
    const value = config.get(name) ?? null;
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (!isEmpty) throw unsupportedModule(config.path, `${name}=${JSON.stringify(value)}`);
  }
}
