/** A tokenizer.json of layout A with a few pieces, and what may be changed in it. */
export interface SmallTokenizer {
  [field: string]: unknown;
  added_tokens: Record<string, unknown>[];
  normalizer: unknown;
  pre_tokenizer: unknown;
  post_processor: unknown;
  model: { [field: string]: unknown; type: unknown; unk_id: unknown; vocab: unknown[] };
}

const PIECES: readonly (readonly [string, number])[] = [
  ['<s>', 0],
  ['<pad>', 0],
  ['</s>', 0],
  ['<unk>', 0],
  ['▁', -2],
  ['a', -3],
  ['b', -3.5],
  ['ab', -4],
  ['▁a', -3.25],
  ['▁ab', -5],
  ['é', -6],
  ['👍', -7],
];

/** Ids of {@link smallTokenizer}'s pieces. */
export const PIECE_ID: Readonly<Record<string, number>> = Object.fromEntries(PIECES.map(([piece], id) => [piece, id]));

/** A fresh copy each time. */
export function smallTokenizer(): SmallTokenizer {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<s>', '<pad>', '</s>', '<unk>'].map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' }],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>' } }, { Sequence: { id: 'A' } }, { SpecialToken: { id: '</s>' } }],
      special_tokens: { '<s>': { ids: [0] }, '</s>': { ids: [2] } },
    },
    model: { type: 'Unigram', unk_id: 3, vocab: PIECES.map((piece) => [...piece]) },
  };
}

/** Its bytes. */
export function jsonBytes(document: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}

/** The code of the error `action` throws; undefined when it does not throw. */
export function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error);
  }
  return undefined;
}
