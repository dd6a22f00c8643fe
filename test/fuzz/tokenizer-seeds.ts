/** Small tokenizers of every kind, sound. */

const SPECIAL_NAMES = ['<s>', '<pad>', '</s>', '<unk>'];
const ADDED = SPECIAL_NAMES.map((content, id) => ({
  id,
  content,
  special: true,
  lstrip: false,
  rstrip: false,
  normalized: false,
  single_word: false,
}));
const TEMPLATE = {
  type: 'TemplateProcessing',
  single: [
    { SpecialToken: { id: '<s>', type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: '</s>', type_id: 0 } },
  ],
  pair: [],
  special_tokens: {
    '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] },
    '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] },
  },
};

/** SentencePiece's map of characters: a double array in which only "a" is an entry, and stands for "bb". */
function charsmap(): Uint8Array {
  const units = new Uint32Array(512);
  units[0] = 256 << 10;
  units[256 ^ 0x61] = (1 << 10) | (1 << 8) | 0x61;
  units[256 ^ 0x61 ^ 1] = 0x8000_0000;
  return Buffer.concat([
    new Uint8Array(Uint32Array.of(units.byteLength).buffer),
    new Uint8Array(units.buffer),
    Buffer.from('bb\0'),
  ]);
}

const UNIGRAM_DOCUMENT = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: ADDED,
  normalizer: { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' }],
  },
  post_processor: TEMPLATE,
  model: {
    type: 'Unigram',
    unk_id: 3,
    vocab: [
      ...SPECIAL_NAMES.map((name) => [name, 0]),
      ['▁', -2],
      ['a', -3],
      ['b', -3.5],
      ['ab', -4],
      ['▁a', -3.25],
      ['é', -6],
      ['👍', -7],
    ],
  },
};

export const UNIGRAM: unknown = UNIGRAM_DOCUMENT;

export const UNIGRAM_WITH_CHARSMAP: unknown = {
  ...UNIGRAM_DOCUMENT,
  normalizer: { type: 'Precompiled', precompiled_charsmap: Buffer.from(charsmap()).toString('base64') },
};

export const WORD_PIECE: unknown = {
  version: '1.0',
  added_tokens: ADDED,
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: TEMPLATE,
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '<unk>',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(
      [...SPECIAL_NAMES, 'a', 'b', '##a', '##b', 'ab', 'hello', '##llo', 'he', '.', '日'].map((token, id) => [
        token,
        id,
      ]),
    ),
  },
};

/** The characters that stand for the 256 bytes, as GPT-2 has them. */
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    if (isPrintable) return String.fromCodePoint(byte);
    next += 1;
    return String.fromCodePoint(next - 1);
  });
}

export const BYTE_LEVEL: unknown = {
  version: '1.0',
  added_tokens: ADDED,
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: {
    type: 'RobertaProcessing',
    sep: ['</s>', 2],
    cls: ['<s>', 0],
    trim_offsets: true,
    add_prefix_space: false,
  },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    fuse_unk: false,
    vocab: Object.fromEntries(
      [...SPECIAL_NAMES, ...byteCharacters(), 'he', 'll', 'hell', 'hello', 'Ġa', 'ab'].map((token, id) => [token, id]),
    ),
    merges: ['h e', 'l l', 'he ll', 'hell o', 'Ġ a', 'a b'],
  },
};

function field(number: number, bytes: Uint8Array): Uint8Array {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Uint8Array.of((number << 3) | 2, ...length), bytes]);
}

/** A SentencePiece model: pieces with scores and types, and the specifications of trainer and normalizer. */
export function sentencePieceModel(): Uint8Array {
  const pieces: ReadonlyArray<readonly [string, number, number]> = [
    ['<unk>', 0, 2],
    ['<s>', 0, 3],
    ['</s>', 0, 3],
    ['▁', -2, 1],
    ['a', -3, 1],
    ['▁a', -3.5, 1],
    ['b', -4, 1],
    ['é', -5, 1],
  ];
  const parts = pieces.map(([piece, score, type]) => {
    const value = Buffer.alloc(4);
    value.writeFloatLE(score);
    return field(
      1,
      Buffer.concat([field(1, Buffer.from(piece)), Uint8Array.of(0x15), value, Uint8Array.of(0x18, type)]),
    );
  });
  const trainer = field(2, Uint8Array.of(0x18, 1, 0x20, pieces.length));
  const normalizer = field(3, Buffer.concat([field(2, charsmap()), Uint8Array.of(0x18, 1, 0x20, 1, 0x28, 1)]));
  return Buffer.concat([...parts, trainer, normalizer]);
}

/** A tokenizer without tokenizer.json: its vocabulary, and what the files beside it say. */
export interface VocabularyFiles {
  /** By the fields of `TokenizerSettings`. */
  readonly settings: unknown;
  readonly vocabulary: string;
  readonly merges?: string | undefined;
}

const EXTRA = { content: 'def', lstrip: true, rstrip: false, normalized: false, single_word: true };

export const WORD_PIECE_FILES: VocabularyFiles = {
  settings: {
    config: {
      tokenizer_class: 'BertTokenizer',
      do_lower_case: true,
      strip_accents: null,
      tokenize_chinese_chars: true,
      additional_special_tokens: ['return', EXTRA],
      added_tokens_decoder: { 0: ADDED[0], 20: { ...EXTRA, content: 'Ab', normalized: true } },
    },
    specialTokens: { cls_token: '<s>', mask_token: { content: 'hello', lstrip: true } },
    sentences: { do_lower_case: false },
    model: { model_type: 'bert' },
  },
  vocabulary: [...SPECIAL_NAMES, 'a', 'b', '##a', '##b', 'ab', 'hello', '##llo', 'he', '.', '日', 'é', ''].join('\n'),
};

export const BYTE_LEVEL_FILES: VocabularyFiles = {
  settings: {
    config: { add_prefix_space: true, extra_special_tokens: ['return', EXTRA], mask_token: 'ab' },
    specialTokens: { unk_token: '<unk>', pad_token: { content: '<pad>', rstrip: true } },
    addedTokens: { x: 400, '(': 401 },
    model: { model_type: 'roberta', tokenizer_class: 'RobertaTokenizer' },
  },
  vocabulary: JSON.stringify(
    Object.fromEntries([...SPECIAL_NAMES, ...byteCharacters(), 'he', 'll', 'Ġa', 'ab'].map((token, id) => [token, id])),
  ),
  merges: '#version: 0.2\nh e\nl l\nĠ a\na b\n',
};
