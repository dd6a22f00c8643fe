import { errorMessage } from '../../kernel/errors.ts';
import { MAX_MERGES } from './bpe/merge-table.ts';
import type { TokenizerDocument } from './compile-tokenizer.ts';
import { fields, flag, text, type Fields } from './config/json-fields.ts';
import { trimmedEnd } from './text/white-space.ts';
import { limitExceeded, malformed, unsupported } from './tokenizer-error.ts';
import { assertTokenizerClass, BERT_CLASSES, ROBERTA_CLASSES, type TokenizerSettings } from './tokenizer-settings.ts';
import { PieceList } from './unigram/piece-list.ts';
import { VocabularyReader } from './vocabulary-reader.ts';

/** Special tokens that tokenizer_config.json and special_tokens_map.json name, and what they are called without them. */
const SPECIAL_TOKENS: ReadonlyMap<string, readonly string[]> = new Map([
  ['bos_token', []],
  ['eos_token', ['<|endoftext|>']],
  ['cls_token', ['[CLS]', '<s>']],
  ['sep_token', ['[SEP]', '</s>']],
  ['unk_token', ['[UNK]', '<unk>']],
  ['pad_token', ['[PAD]', '<pad>']],
  ['mask_token', ['[MASK]', '<mask>']],
]);
/** Most special tokens without a name of their own: each is looked for in the whole vocabulary. */
const MAX_EXTRA_TOKENS = 256;

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

/**
 * Lines one by one: millions of strings at once would take more memory than the vocabulary itself. White space at their
 * ends is no part of them, as in the Rust library.
 */
function* linesOf(bytes: Uint8Array, name: string): Generator<string> {
  if (bytes.byteLength > MAX_LINES_BYTES) throw limitExceeded(`bytes of ${name}`, MAX_LINES_BYTES, bytes.byteLength);
  let lines: string;
  try {
    lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed(name, `is no UTF-8: ${errorMessage(cause)}`, cause);
  }
  for (let start = 0; start < lines.length;) {
    const newline = lines.indexOf('\n', start);
    const end = newline < 0 ? lines.length : newline;
    yield lines.slice(start, trimmedEnd(lines, start, end));
    start = end + 1;
  }
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

function specialToken(name: string, settings: TokenizerSettings, pieces: PieceList): SpecialToken | null {
  const named = setting(name, settings) ?? SPECIAL_TOKENS.get(name)?.find((usual) => pieces.lastIndexOf(usual) >= 0);
  const token = tokenFields(named, name);
  const { content } = token;
  const id = typeof content === 'string' ? pieces.lastIndexOf(content) : -1;
  if (typeof content !== 'string' || id < 0) return null;
  // `<mask>` takes the space before it along, unless told otherwise: so in the tokenizer.json that is published for RoBERTa,
  // MPNet and XLM-RoBERTa, and in transformers up to 4. Version 5 alone, reading vocab.json, leaves that space to RoBERTa.
  return { id, content, lstrip: flag(token['lstrip'], `${name}.lstrip`, content === '<mask>') };
}

/** special_tokens_map.json is of old files: with `added_tokens_decoder` it does not count, else it counts first. */
function setting(name: string, { config, specialTokens }: TokenizerSettings): unknown {
  const old = config['added_tokens_decoder'] === undefined ? specialTokens[name] : undefined;
  return old ?? config[name];
}

/** Fields of a token that is given as text, or with how it is found. */
function tokenFields(token: unknown, name: string): Fields {
  return typeof token === 'object' && token !== null ? fields(token, name) : { content: token };
}

/** The special tokens, what `added_tokens_decoder` or added_tokens.json adds, and special tokens without a name. */
function addedTokens(settings: TokenizerSettings, pieces: PieceList): unknown[] {
  const tokens = new Map<string, Fields>();
  for (const name of SPECIAL_TOKENS.keys()) {
    const token = specialToken(name, settings, pieces);
    if (token !== null) tokens.set(token.content, { ...token, normalized: false });
  }
  const extra = extraTokens(settings);
  const decoder = settings.config['added_tokens_decoder'];
  for (const [id, value] of Object.entries(fields(decoder ?? {}, 'added_tokens_decoder'))) {
    const token = fields(value, 'added_tokens_decoder');
    if (typeof token['content'] === 'string') tokens.set(token['content'], { ...token, id: Number(id) });
  }
  for (const [content, id] of decoder === undefined ? Object.entries(settings.addedTokens) : []) {
    if (!tokens.has(content))
      tokens.set(content, { ...extra.get(content), content, id, normalized: !extra.has(content) });
  }
  let next = [...tokens.values()].reduce((most, { id }) => Math.max(most, Number(id) + 1), pieces.count);
  for (const [content, token] of extra) {
    if (tokens.has(content)) continue;
    const known = pieces.lastIndexOf(content);
    tokens.set(content, { ...token, id: known < 0 ? next : known });
    if (known < 0) next += 1;
  }
  return [...tokens.values()];
}

/** `additional_special_tokens`, since transformers 5 `extra_special_tokens`. */
function extraTokens(settings: TokenizerSettings): ReadonlyMap<string, Fields> {
  const lists = ['additional_special_tokens', 'extra_special_tokens'].flatMap((name) => {
    const value = setting(name, settings) ?? [];
    return Object.values(Array.isArray(value) ? value : fields(value, name)).map((token) => tokenFields(token, name));
  });
  if (lists.length > MAX_EXTRA_TOKENS) throw limitExceeded('special tokens', MAX_EXTRA_TOKENS, lists.length);
  return new Map(lists.map((token) => [text(token['content'], 'special token'), token]));
}
