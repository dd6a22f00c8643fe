import { limitExceeded, malformed, unsupported } from './tokenizer-error.ts';

/** A token that is found in the text itself, before the vocabulary is asked. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not within a word. */
  readonly singleWord: boolean;
  /** Takes the white space before it along. */
  readonly stripLeft: boolean;
  /** Takes the white space after it along. */
  readonly stripRight: boolean;
  /** Looked for in the normalized text instead of the raw one. */
  readonly normalized: boolean;
}

/** `charsmap`: the character map. `strip-right`: trailing white space. `collapse-spaces`: two spaces or more become `to`. */
export type NormalizerStep =
  | { readonly type: 'charsmap' }
  | { readonly type: 'strip-right' }
  | { readonly type: 'collapse-spaces'; readonly to: string };

/** Everything in tokenizer.json except the vocabulary, reduced to what XLM-RoBERTa tokenizers need. */
export interface TokenizerConfig {
  readonly unknownId: number;
  readonly normalizer: readonly NormalizerStep[];
  /** Whether the text is first cut at white space (and that dropped). */
  readonly splitsWhiteSpace: boolean;
  /** One UTF-16 unit that stands for a space, `▁`. */
  readonly spaceMark: string;
  /** Whether a section gets a {@link spaceMark} in front. */
  readonly addsSpaceMark: boolean;
  readonly addedTokens: readonly AddedToken[];
  /** Ids before and after the text. */
  readonly prefixIds: readonly number[];
  readonly suffixIds: readonly number[];
}

/** Most added tokens: each costs time with every text. */
const MAX_ADDED_TOKENS = 10_000;
/** Longest added token in UTF-16 units; each place of a text may be compared with one of every length. */
const MAX_ADDED_TOKEN_UNITS = 256;
const MAX_TEMPLATE_IDS = 64;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Recognises the layouts of XLM-RoBERTa tokenizers:
 * A `Precompiled` + `WhitespaceSplit` + `Metaspace`; B `Precompiled`, `Replace " {2,}" → " "` + `Metaspace`;
 * C `Precompiled`, `Strip right`, `Replace " {2,}" → "▁"` + `Metaspace`. No regular expression is ever built from a file.
 *
 * @param document - tokenizer.json parsed; `model.vocab` is not looked at.
 * @returns the configuration and the base64 of the character map, null when there is none.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseTokenizerConfig(document: unknown): { config: TokenizerConfig; charsmap: string | null } {
  const root = fields(document, 'tokenizer.json');
  const model = fields(root['model'], 'model');
  if (model['type'] !== undefined && model['type'] !== 'Unigram')
    throw unsupported(`the model ${quote(model['type'])}`);
  if (model['byte_fallback'] === true) throw unsupported('byte_fallback');
  if (model['unk_id'] === null || model['unk_id'] === undefined) throw unsupported('a vocabulary without unk_id');
  const { normalizer, charsmap } = parseNormalizer(root['normalizer']);
  const preTokenizer = parsePreTokenizer(root['pre_tokenizer']);
  const config: TokenizerConfig = {
    unknownId: id(model['unk_id'], 'model.unk_id'),
    normalizer,
    ...preTokenizer,
    addedTokens: parseAddedTokens(root['added_tokens']),
    ...parseTemplate(root['post_processor']),
  };
  return { config, charsmap };
}

/**
 * Checks ids against the vocabulary. Added tokens may lie beyond it: they are rows of the embedding matrix all the same.
 *
 * @returns one more than the highest id.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`.
 */
export function vocabularySizeOf(config: TokenizerConfig, pieceCount: number): number {
  if (config.unknownId >= pieceCount) throw malformed('model.unk_id', `is ${config.unknownId} of ${pieceCount} pieces`);
  const size = config.addedTokens.reduce((most, token) => Math.max(most, token.id + 1), pieceCount);
  // Ids far beyond the vocabulary would make callers allocate for them.
  if (size > pieceCount + MAX_ADDED_TOKENS)
    throw malformed('added_tokens', `have id ${size - 1} with ${pieceCount} pieces`);
  for (const special of [...config.prefixIds, ...config.suffixIds]) {
    if (special >= size) throw malformed('post_processor', `names id ${special} of ${size}`);
  }
  return size;
}

function parseNormalizer(value: unknown): { normalizer: NormalizerStep[]; charsmap: string | null } {
  let charsmap: string | null = null;
  const steps = sequence(value, 'normalizer', 'normalizers').map((step): NormalizerStep => {
    switch (step['type']) {
      case 'Precompiled': {
        if (charsmap !== null) throw unsupported('two Precompiled normalizers');
        charsmap = text(step['precompiled_charsmap'], 'normalizer.precompiled_charsmap');
        return { type: 'charsmap' };
      }
      case 'Strip':
        if (step['strip_left'] === true || step['strip_right'] !== true) throw unsupported('the normalizer Strip left');
        return { type: 'strip-right' };
      case 'Replace': {
        const pattern = fields(step['pattern'], 'normalizer.pattern');
        const to = text(step['content'], 'normalizer.content');
        if (pattern['Regex'] !== ' {2,}' || (to !== ' ' && to !== '▁')) {
          throw unsupported(`the normalizer Replace ${quote(pattern)} by ${quote(to)}`);
        }
        return { type: 'collapse-spaces', to };
      }
      default:
        throw unsupported(`the normalizer ${quote(step['type'])}`);
    }
  });
  return { normalizer: steps, charsmap };
}

function parsePreTokenizer(value: unknown): Pick<TokenizerConfig, 'splitsWhiteSpace' | 'spaceMark' | 'addsSpaceMark'> {
  const steps = sequence(value, 'pre_tokenizer', 'pretokenizers');
  const types = steps.map((step) => step['type']).join('+');
  if (types !== 'WhitespaceSplit+Metaspace' && types !== 'Metaspace')
    throw unsupported(`the pre_tokenizer ${quote(types)}`);
  const metaspace = steps.at(-1) ?? {};
  const spaceMark = text(metaspace['replacement'], 'pre_tokenizer.replacement');
  if (spaceMark.length !== 1 || spaceMark === ' ') throw unsupported(`the Metaspace replacement ${quote(spaceMark)}`);
  if (metaspace['split'] === false) throw unsupported('Metaspace without split');
  // Files before `prepend_scheme` say the same with `add_prefix_space`.
  const scheme = metaspace['prepend_scheme'] ?? (metaspace['add_prefix_space'] === false ? 'never' : 'always');
  if (scheme !== 'always' && scheme !== 'never') throw unsupported(`the Metaspace prepend_scheme ${quote(scheme)}`);
  return { splitsWhiteSpace: steps.length === 2, spaceMark, addsSpaceMark: scheme === 'always' };
}

function parseAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  const list = array(value, 'added_tokens');
  if (list.length > MAX_ADDED_TOKENS) throw malformed('added_tokens', `has ${list.length} entries`);
  return list.map((entry) => {
    const token = fields(entry, 'added_tokens');
    const content = text(token['content'], 'added_tokens.content');
    if (content === '') throw malformed('added_tokens.content', 'is empty');
    if (content.length > MAX_ADDED_TOKEN_UNITS) {
      throw limitExceeded('characters in one added token', MAX_ADDED_TOKEN_UNITS, content.length);
    }
    return {
      id: id(token['id'], 'added_tokens.id'),
      content,
      singleWord: token['single_word'] === true,
      stripLeft: token['lstrip'] === true,
      stripRight: token['rstrip'] === true,
      normalized: token['normalized'] === true,
    };
  });
}

function parseTemplate(value: unknown): Pick<TokenizerConfig, 'prefixIds' | 'suffixIds'> {
  if (value === undefined || value === null) return { prefixIds: [], suffixIds: [] };
  const processor = fields(value, 'post_processor');
  if (processor['type'] !== 'TemplateProcessing') throw unsupported(`the post_processor ${quote(processor['type'])}`);
  const specials = fields(processor['special_tokens'], 'post_processor.special_tokens');
  const prefixIds: number[] = [];
  const suffixIds: number[] = [];
  let sequences = 0;
  for (const entry of array(processor['single'], 'post_processor.single')) {
    const part = fields(entry, 'post_processor.single');
    if (part['Sequence'] !== undefined) {
      sequences += 1;
      continue;
    }
    const name = text(fields(part['SpecialToken'], 'post_processor.single')['id'], 'post_processor.single.id');
    const special = fields(
      Object.hasOwn(specials, name) ? specials[name] : undefined,
      `post_processor.special_tokens ${quote(name)}`,
    );
    const ids = array(special['ids'], 'post_processor.special_tokens.ids').map((v) =>
      id(v, 'post_processor.special_tokens.ids'),
    );
    (sequences === 0 ? prefixIds : suffixIds).push(...ids.slice(0, MAX_TEMPLATE_IDS));
  }
  if (sequences !== 1) throw unsupported(`a template with ${sequences} sequences`);
  if (prefixIds.length + suffixIds.length > MAX_TEMPLATE_IDS) throw malformed('post_processor.single', 'is too long');
  return { prefixIds, suffixIds };
}

/** A single step, the steps of a `Sequence`, or none. */
function sequence(value: unknown, field: string, listField: string): Fields[] {
  if (value === undefined || value === null) return [];
  const step = fields(value, field);
  if (step['type'] !== 'Sequence') return [step];
  return array(step[listField], `${field}.${listField}`).map((inner) => fields(inner, `${field}.${listField}`));
}

function fields(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(field, 'is not an object');
  return Object.fromEntries(Object.entries(value));
}

function array(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(field, 'is not an array');
  return value;
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string') throw malformed(field, 'is not a string');
  return value;
}

function id(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0x7fffffff) {
    throw malformed(field, `is ${quote(value)} instead of a token id`);
  }
  return value;
}

/** Short enough for a message, whatever the file says. */
function quote(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
