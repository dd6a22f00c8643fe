import { errorMessage } from '../../kernel/errors.ts';
import { MAX_MERGES } from './bpe/merge-table.ts';
import type { TokenizerDocument } from './compile-tokenizer.ts';
import { fields, flag, type Fields } from './config/json-fields.ts';
import { limitExceeded, malformed, unsupported } from './tokenizer-error.ts';
import { assertTokenizerClass, BERT_CLASSES, ROBERTA_CLASSES, type TokenizerSettings } from './tokenizer-settings.ts';
import { PieceList } from './unigram/piece-list.ts';
import { VocabularyReader } from './vocabulary-reader.ts';

/** Special tokens that tokenizer_config.json and special_tokens_map.json name, and what they are called without them. */
const SPECIAL_TOKENS = {
  cls_token: ['[CLS]', '<s>'],
  sep_token: ['[SEP]', '</s>'],
  unk_token: ['[UNK]', '<unk>'],
  pad_token: ['[PAD]', '<pad>'],
  mask_token: ['[MASK]', '<mask>'],
} as const;
type SpecialName = keyof typeof SPECIAL_TOKENS;

/** Largest vocab.txt and merges.txt that are read (CWE-770); real ones have up to 10 MB. */
const MAX_LINES_BYTES: number = 32 * 1024 * 1024;

/**
 * A WordPiece tokenizer from `vocab.txt`, one token a line, with the settings of BertTokenizer.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function readWordPieceVocabulary(vocabulary: Uint8Array, settings: TokenizerSettings): TokenizerDocument {
  assertTokenizerClass(settings, BERT_CLASSES, 'vocab.txt');
  const pieces = new PieceList();
  for (const token of linesOf(vocabulary, 'vocab.txt')) pieces.addPiece(token, 0);
  const { config } = settings;
  const document = {
    added_tokens: addedTokens(settings, pieces),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: flag(config['tokenize_chinese_chars'], 'tokenize_chinese_chars', true),
      strip_accents: config['strip_accents'] ?? null,
      lowercase: flag(config['do_lower_case'], 'do_lower_case', true),
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: frame(settings, pieces),
    model: { type: 'WordPiece', unk_token: specialToken('unk_token', settings, pieces)?.content },
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
  const buffer = Buffer.from(vocabulary.buffer, vocabulary.byteOffset, vocabulary.byteLength);
  const pieces = new VocabularyReader(buffer, 0).read();
  if (pieces.lastIndexOf('Ġ') < 0) throw unsupported('a BPE vocabulary that is not byte-level');
  const { config } = settings;
  const className = config['tokenizer_class'];
  const isBare = typeof className === 'string' && className.startsWith('GPT2');
  const document = {
    added_tokens: addedTokens(settings, pieces),
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: flag(config['add_prefix_space'], 'add_prefix_space', false),
    },
    post_processor: isBare ? null : frame(settings, pieces),
    model: { type: 'BPE' },
  };
  const merges: string[] = [];
  for (const line of linesOf(mergeLines, 'merges.txt')) {
    if (line === '' || line.startsWith('#version')) continue;
    if (merges.length === MAX_MERGES) throw limitExceeded('merges', MAX_MERGES, merges.length + 1);
    merges.push(line);
  }
  return { document, pieces, merges };
}

/** Lines one by one: millions of strings at once would take more memory than the vocabulary itself. */
function* linesOf(bytes: Uint8Array, name: string): Generator<string> {
  if (bytes.byteLength > MAX_LINES_BYTES) throw limitExceeded(`bytes of ${name}`, MAX_LINES_BYTES, bytes.byteLength);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed(name, `is no UTF-8: ${errorMessage(cause)}`, cause);
  }
  const ends = /\r\n|\r|\n/g;
  let start = 0;
  for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
    yield text.slice(start, end.index);
    start = ends.lastIndex;
  }
  if (start < text.length) yield text.slice(start);
}

/** `[CLS] … [SEP]`, whatever they are called. */
function frame(settings: TokenizerSettings, pieces: PieceList): unknown {
  const [cls, sep] = [specialToken('cls_token', settings, pieces), specialToken('sep_token', settings, pieces)];
  if (cls === null || sep === null) throw malformed('The vocabulary', 'lacks the tokens that begin and end a text');
  return { type: 'BertProcessing', cls: [cls.content, cls.id], sep: [sep.content, sep.id] };
}

interface SpecialToken {
  readonly id: number;
  readonly content: string;
  readonly lstrip: boolean;
}

function specialToken(
  name: SpecialName,
  { config, specialTokens }: TokenizerSettings,
  pieces: PieceList,
): SpecialToken | null {
  const named =
    config[name] ?? specialTokens[name] ?? SPECIAL_TOKENS[name].find((text) => pieces.lastIndexOf(text) >= 0);
  const token: Fields = typeof named === 'object' && named !== null ? fields(named, name) : { content: named };
  const { content } = token;
  const id = typeof content === 'string' ? pieces.lastIndexOf(content) : -1;
  if (typeof content !== 'string' || id < 0) return null;
  // Classes whose mask is `<mask>` let it take the space before it along, unless told otherwise.
  return { id, content, lstrip: flag(token['lstrip'], `${name}.lstrip`, content === '<mask>') };
}

/** The special tokens, and what `added_tokens_decoder` adds to them. */
function addedTokens(settings: TokenizerSettings, pieces: PieceList): unknown[] {
  const tokens = new Map<string, unknown>();
  for (const name of ['cls_token', 'sep_token', 'unk_token', 'pad_token', 'mask_token'] as const) {
    const token = specialToken(name, settings, pieces);
    if (token !== null) tokens.set(token.content, { ...token, normalized: false });
  }
  const decoder = settings.config['added_tokens_decoder'] ?? {};
  for (const [id, value] of Object.entries(fields(decoder, 'added_tokens_decoder'))) {
    const token = fields(value, 'added_tokens_decoder');
    if (typeof token['content'] === 'string') tokens.set(token['content'], { ...token, id: Number(id) });
  }
  return [...tokens.values()];
}
