import { errorMessage } from '../../kernel/errors.ts';
import type { TokenizerDocument } from './compile-tokenizer.ts';
import { fields, flag, type Fields } from './config/json-fields.ts';
import { limitExceeded, malformed, unsupported } from './tokenizer-error.ts';
import { assertTokenizerClass, BERT_CLASSES, ROBERTA_CLASSES, type TokenizerSettings } from './tokenizer-settings.ts';
import { MAX_PIECES, PieceList } from './unigram/piece-list.ts';
import { MAX_OBJECT_JSON_BYTES, parseBoundedJson, piecesOf } from './vocabulary-json.ts';

/** Special tokens that tokenizer_config.json and special_tokens_map.json name, and what they are called without them. */
const SPECIAL_TOKENS = {
  cls_token: ['[CLS]', '<s>'],
  sep_token: ['[SEP]', '</s>'],
  unk_token: ['[UNK]', '<unk>'],
  pad_token: ['[PAD]', '<pad>'],
  mask_token: ['[MASK]', '<mask>'],
} as const;
type SpecialName = keyof typeof SPECIAL_TOKENS;

type Ids = ReadonlyMap<string, number>;

/**
 * A WordPiece tokenizer from `vocab.txt`, one token a line, with the settings of BertTokenizer.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function readWordPieceVocabulary(vocabulary: Uint8Array, settings: TokenizerSettings): TokenizerDocument {
  assertTokenizerClass(settings, BERT_CLASSES, 'vocab.txt');
  const lines = linesOf(vocabulary, 'vocab.txt');
  if (lines.length > MAX_PIECES) throw limitExceeded('pieces', MAX_PIECES, lines.length);
  const pieces = new PieceList();
  const ids = new Map<string, number>();
  for (const [id, token] of lines.entries()) {
    pieces.addPiece(token, 0);
    ids.set(token, id);
  }
  const { config } = settings;
  const document = {
    added_tokens: addedTokens(settings, ids),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: flag(config['tokenize_chinese_chars'], 'tokenize_chinese_chars', true),
      strip_accents: config['strip_accents'] ?? null,
      lowercase: flag(config['do_lower_case'], 'do_lower_case', true),
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: frame(settings, ids),
    model: { type: 'WordPiece', unk_token: specialToken('unk_token', settings, ids)?.content },
  };
  return { document, pieces };
}

/**
 * A byte-level BPE tokenizer from `vocab.json` and `merges.txt`, with the settings of RobertaTokenizer, or of
 * GPT2Tokenizer, which adds no special tokens.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function readByteLevelVocabulary(
  vocabulary: Uint8Array,
  mergeLines: Uint8Array,
  settings: TokenizerSettings,
): TokenizerDocument {
  assertTokenizerClass(settings, ROBERTA_CLASSES, 'vocab.json');
  const root = fields(parseBoundedJson(vocabulary, 'vocab.json'), 'vocab.json');
  const pieces = piecesOf(root, 'vocab.json');
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(root)) if (typeof id === 'number') ids.set(token, id);
  if (!ids.has('Ġ')) throw unsupported('a BPE vocabulary that is not byte-level');
  const { config } = settings;
  const className = config['tokenizer_class'];
  const isBare = typeof className === 'string' && className.startsWith('GPT2');
  const document = {
    added_tokens: addedTokens(settings, ids),
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: flag(config['add_prefix_space'], 'add_prefix_space', false),
    },
    post_processor: isBare ? null : frame(settings, ids),
    model: { type: 'BPE' },
  };
  const merges = linesOf(mergeLines, 'merges.txt').filter((line) => line !== '' && !line.startsWith('#version'));
  return { document, pieces, merges };
}

function linesOf(bytes: Uint8Array, name: string): string[] {
  if (bytes.byteLength > MAX_OBJECT_JSON_BYTES) {
    throw limitExceeded(`bytes of ${name}`, MAX_OBJECT_JSON_BYTES, bytes.byteLength);
  }
  // Before there is a string for each of them.
  const lineCount = bytes.reduce((count, byte) => count + (byte === 0x0a || byte === 0x0d ? 1 : 0), 0);
  if (lineCount > 2 * MAX_PIECES) throw limitExceeded(`lines of ${name}`, 2 * MAX_PIECES, lineCount);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed(name, `is no UTF-8: ${errorMessage(cause)}`, cause);
  }
  const lines = text.split(/\r\n|\r|\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** `[CLS] … [SEP]`, whatever they are called. */
function frame(settings: TokenizerSettings, ids: Ids): unknown {
  const [cls, sep] = [specialToken('cls_token', settings, ids), specialToken('sep_token', settings, ids)];
  if (cls === null || sep === null) throw malformed('The vocabulary', 'lacks the tokens that begin and end a text');
  return { type: 'BertProcessing', cls: [cls.content, cls.id], sep: [sep.content, sep.id] };
}

interface SpecialToken {
  readonly id: number;
  readonly content: string;
  readonly lstrip: boolean;
}

function specialToken(name: SpecialName, { config, specialTokens }: TokenizerSettings, ids: Ids): SpecialToken | null {
  const named = config[name] ?? specialTokens[name] ?? SPECIAL_TOKENS[name].find((content) => ids.has(content));
  const token: Fields = typeof named === 'object' && named !== null ? fields(named, name) : { content: named };
  const { content } = token;
  const id = typeof content === 'string' ? ids.get(content) : undefined;
  if (typeof content !== 'string' || id === undefined) return null;
  // Classes whose mask is `<mask>` let it take the space before it along, unless told otherwise.
  return { id, content, lstrip: flag(token['lstrip'], `${name}.lstrip`, content === '<mask>') };
}

/** The special tokens, and what `added_tokens_decoder` adds to them. */
function addedTokens(settings: TokenizerSettings, ids: Ids): unknown[] {
  const tokens = new Map<string, unknown>();
  for (const name of ['cls_token', 'sep_token', 'unk_token', 'pad_token', 'mask_token'] as const) {
    const token = specialToken(name, settings, ids);
    if (token !== null) tokens.set(token.content, { ...token, normalized: false });
  }
  const decoder = settings.config['added_tokens_decoder'] ?? {};
  for (const [id, value] of Object.entries(fields(decoder, 'added_tokens_decoder'))) {
    const token = fields(value, 'added_tokens_decoder');
    if (typeof token['content'] === 'string') tokens.set(token['content'], { ...token, id: Number(id) });
  }
  return [...tokens.values()];
}
