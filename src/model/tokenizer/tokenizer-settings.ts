import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { fields, flag, quote, type Fields } from './config/json-fields.ts';
import { malformed, TokenizerError, unsupported } from './tokenizer-error.ts';
import { parseBoundedJson } from './bounded-json.ts';

/** Larger settings are none (CWE-770). */
const MAX_SETTINGS_BYTES = 4 * 1024 * 1024;

/** What the JSON files beside a tokenizer say, each empty where the file is absent. */
export interface TokenizerSettings {
  /** tokenizer_config.json. */
  readonly config: Fields;
  /** special_tokens_map.json. */
  readonly specialTokens: Fields;
  /** sentence_bert_config.json. */
  readonly sentences: Fields;
  /** added_tokens.json: text to id. */
  readonly addedTokens: Fields;
  /** config.json. */
  readonly model: Fields;
  /** What is wrong with those that are there but cannot be read. */
  readonly faults: readonly TokenizerError[];
}

/**
 * Whether a class of transformers reads certain files in one of the ways computed here.
 *
 * @throws {@link TokenizerError} `TOKENIZER_UNSUPPORTED` when tokenizer_config.json names another one.
 */
export function assertTokenizerClass({ config }: TokenizerSettings, classes: RegExp, file: string): void {
  const name = config['tokenizer_class'];
  if (typeof name !== 'string' || classes.test(name) || NEUTRAL_CLASSES.test(name)) return;
  throw unsupported(`${quote(name)} with ${file}`);
}

/** Reads the settings of a model folder. */
export async function readTokenizerSettings(folder: string): Promise<TokenizerSettings> {
  const faults: TokenizerError[] = [];
  const read = async (name: string): Promise<Fields> => {
    const path = join(folder, name);
    try {
      const found = await stat(path);
      if (!found.isFile() || found.size > MAX_SETTINGS_BYTES) throw malformed(path, `has ${found.size} bytes`);
      return fields(parseBoundedJson(await readFile(path), path), path);
    } catch (error) {
      if (error instanceof TokenizerError) faults.push(error);
      else if (systemErrorCode(error) === undefined) throw error;
      else if (systemErrorCode(error) !== 'ENOENT') faults.push(malformed(path, errorMessage(error), error));
      return {};
    }
  };
  return {
    config: await read('tokenizer_config.json'),
    specialTokens: await read('special_tokens_map.json'),
    sentences: await read('sentence_bert_config.json'),
    addedTokens: await read('added_tokens.json'),
    model: await read('config.json'),
    faults,
  };
}

/** Classes of transformers that make their normalizer from tokenizer_config.json, whatever tokenizer.json says. */
export const BERT_CLASSES: RegExp =
  /^(?:Bert|DistilBert|MPNet|Electra|MobileBert|RetriBert|SqueezeBert|ConvBert|LayoutLM)Tokenizer(?:Fast)?$/;
/** Classes of transformers that read vocab.json and merges.txt as byte-level BPE. */
export const ROBERTA_CLASSES: RegExp = /^(?:Roberta|GPT2|Longformer|Bart)Tokenizer(?:Fast)?$/;
/** Classes that say nothing about how files other than tokenizer.json are read. */
const NEUTRAL_CLASSES = /^(?:PreTrainedTokenizer|PreTrainedTokenizerFast|TokenizersBackend)$/;
/** Classes of transformers that read a SentencePiece model with XLM-RoBERTa's ids. */
export const XLM_ROBERTA_CLASSES: RegExp = /^XLMRobertaTokenizer(?:Fast)?$/;
/** The class that transformers takes for a `model_type` where no file names one. */
const CLASS_OF_MODEL_TYPE: ReadonlyMap<unknown, string> = new Map([
  ['bert', 'BertTokenizer'],
  ['distilbert', 'DistilBertTokenizer'],
  ['mpnet', 'MPNetTokenizer'],
  ['roberta', 'RobertaTokenizer'],
]);

/** The class of transformers that reads the tokenizer; empty when unknown. */
function classOf({ config, model }: TokenizerSettings): string {
  const named = config['tokenizer_class'] ?? model['tokenizer_class'];
  return typeof named === 'string' ? named : (CLASS_OF_MODEL_TYPE.get(model['model_type']) ?? '');
}

/**
 * All that settings can change for a tokenizer from this file, as a text. So a file beside tokenizer.json that says what is
 * the case anyway makes no other fingerprint.
 */
export function settingsKey(file: string, settings: TokenizerSettings): string {
  const { config, specialTokens, addedTokens, sentences } = settings;
  const className = classOf(settings);
  const bert = BERT_CLASSES.test(className)
    ? [config['do_lower_case'] ?? true, config['strip_accents'] ?? null, config['tokenize_chinese_chars'] ?? true]
    : null;
  const roberta = ROBERTA_CLASSES.test(className) ? [config['add_prefix_space'] ?? false] : null;
  const whole = file.startsWith('vocab') ? [config, specialTokens, addedTokens] : null;
  return JSON.stringify([sentences['do_lower_case'] ?? false, bert ?? roberta, whole]);
}

/**
 * The document with the steps that transformers and sentence-transformers would really use: BERT's classes take
 * `do_lower_case`, `strip_accents` and `tokenize_chinese_chars` from tokenizer_config.json, RoBERTa's `add_prefix_space`,
 * and `do_lower_case` of sentence_bert_config.json puts a lower-casing step in front.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when one of these is of another type.
 */
export function applySettings(document: unknown, settings: TokenizerSettings): unknown {
  const { config, sentences } = settings;
  const root = fields(document, 'tokenizer.json');
  let { normalizer, pre_tokenizer: preTokenizer } = root;
  const className = classOf(settings);
  if (isStep(preTokenizer, 'ByteLevel') && ROBERTA_CLASSES.test(className)) {
    preTokenizer = {
      ...fields(preTokenizer, 'pre_tokenizer'),
      add_prefix_space: flag(config['add_prefix_space'], 'add_prefix_space', false),
    };
  }
  if (isStep(normalizer, 'BertNormalizer') && BERT_CLASSES.test(className)) {
    normalizer = {
      ...fields(normalizer, 'normalizer'),
      lowercase: flag(config['do_lower_case'], 'do_lower_case', true),
      strip_accents: config['strip_accents'] ?? null,
      handle_chinese_chars: flag(config['tokenize_chinese_chars'], 'tokenize_chinese_chars', true),
    };
  }
  const lowers = flag(sentences['do_lower_case'], 'do_lower_case', false);
  if (lowers && !lowercases(normalizer)) {
    normalizer = { type: 'Sequence', normalizers: [{ type: 'Lowercase' }, ...(normalizer ? [normalizer] : [])] };
  }
  return { ...root, normalizer, pre_tokenizer: preTokenizer };
}

function lowercases(normalizer: unknown): boolean {
  if (typeof normalizer !== 'object' || normalizer === null) return false;
  const step = fields(normalizer, 'normalizer');
  if (step['type'] === 'Lowercase') return true;
  if (step['type'] === 'BertNormalizer') return flag(step['lowercase'], 'normalizer.lowercase', true);
  return Array.isArray(step['normalizers']) && step['normalizers'].some(lowercases);
}

function isStep(value: unknown, type: string): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === type;
}
