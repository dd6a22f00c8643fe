import { ProtobufReader } from '../../kernel/protobuf-reader.ts';
import { limitExceeded, malformed, unsupported } from './tokenizer-error.ts';
import { MAX_PIECE_UNITS, PieceList } from './unigram/piece-list.ts';

/** Largest sentencepiece.bpe.model that is read (CWE-770); XLM-RoBERTa's has 5 MB. */
const MAX_SENTENCEPIECE_BYTES = 128 * 1024 * 1024;
/** UTF-8 takes at most 3 bytes for a UTF-16 unit. */
const MAX_PIECE_BYTES: number = 3 * MAX_PIECE_UNITS;

// Field numbers of sentencepiece_model.proto.
const MODEL = { pieces: 1, trainerSpec: 2, normalizerSpec: 3 };
const PIECE = { piece: 1, score: 2, type: 3 };
const TRAINER = { modelType: 3, byteFallback: 35, treatWhitespaceAsSuffix: 24 };
const NORMALIZER = { charsmap: 2, addDummyPrefix: 3, removeExtraWhitespaces: 4, escapeWhitespaces: 5 };
const UNIGRAM = 1;
/** Pieces 0 to 2 of models that XLM-RoBERTa's tokenizer is made from, and their types. */
const FIRST_PIECES = [
  { piece: '<unk>', type: 2 },
  { piece: '<s>', type: 3 },
  { piece: '</s>', type: 3 },
] as const;
const NORMAL = 1;

/** What a SentencePiece model holds, in the form tokenizer.json has. */
export interface SentencePieceModel {
  /** As tokenizer.json of layout C, without vocabulary and character map. */
  readonly document: unknown;
  readonly pieces: PieceList;
  readonly charsmap: Uint8Array;
}

/**
 * Parses a SentencePiece Unigram model in XLM-RoBERTa's arrangement: `<s> <pad> </s> <unk>`, the pieces from number 3 on,
 * `<mask>`; so an id is the SentencePiece number plus 1 (`XLMRobertaConverter` of transformers).
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseSentencePieceModel(bytes: Uint8Array): SentencePieceModel {
  if (bytes.byteLength > MAX_SENTENCEPIECE_BYTES) {
    throw limitExceeded('bytes of a SentencePiece model', MAX_SENTENCEPIECE_BYTES, bytes.byteLength);
  }
  const pieces = new PieceList();
  for (const special of ['<s>', '<pad>', '</s>', '<unk>']) pieces.addPiece(special, 0);
  const model = new ProtobufReader(bytes, (problem, cause) => malformed('The SentencePiece model', problem, cause));
  let number = 0;
  let isUnigram = false;
  let charsmap: Uint8Array = new Uint8Array();
  while (model.next()) {
    if (model.field === MODEL.pieces) {
      readPiece(model.message(), number, pieces);
      number += 1;
    } else if (model.field === MODEL.trainerSpec) isUnigram = readTrainer(model.message());
    else if (model.field === MODEL.normalizerSpec) charsmap = readNormalizer(model.message());
    else model.skip();
  }
  if (number <= FIRST_PIECES.length) throw malformed('The SentencePiece model', `has ${number} pieces`);
  if (!isUnigram) throw unsupported('a SentencePiece model that is not Unigram');
  if (charsmap.byteLength === 0) throw unsupported('a SentencePiece model without a character map');
  const maskId = pieces.count;
  pieces.addPiece('<mask>', 0);
  return { document: layoutC(maskId), pieces, charsmap };
}

function readPiece(message: ProtobufReader, number: number, pieces: PieceList): void {
  let piece = '';
  let score = 0;
  let type = NORMAL;
  while (message.next()) {
    if (message.field === PIECE.piece) piece = pieceText(message);
    else if (message.field === PIECE.score) score = message.float();
    else if (message.field === PIECE.type) type = message.varint();
    else message.skip();
  }
  const first = FIRST_PIECES[number];
  if (first !== undefined) {
    if (piece !== first.piece || type !== first.type)
      throw unsupported(`the piece ${JSON.stringify(piece.slice(0, 40))} as number ${number}`);
    return;
  }
  if (type !== NORMAL) throw unsupported(`pieces of type ${type} (${JSON.stringify(piece.slice(0, 40))})`);
  if (!Number.isFinite(score)) throw malformed('The SentencePiece model', `has no score for piece ${number}`);
  pieces.addPiece(piece, score);
}

function pieceText(message: ProtobufReader): string {
  const bytes = message.bytes();
  if (bytes.byteLength > MAX_PIECE_BYTES) throw limitExceeded('bytes in one piece', MAX_PIECE_BYTES, bytes.byteLength);
  return message.decode(bytes);
}

/** @returns whether it is a Unigram model without byte fallback. */
function readTrainer(message: ProtobufReader): boolean {
  let modelType = UNIGRAM;
  while (message.next()) {
    if (message.field === TRAINER.modelType) modelType = message.varint();
    else if (message.field === TRAINER.byteFallback && message.varint() !== 0) throw unsupported('byte_fallback');
    else if (message.field === TRAINER.treatWhitespaceAsSuffix && message.varint() !== 0) {
      throw unsupported('treat_whitespace_as_suffix');
    } else if (message.field !== TRAINER.byteFallback && message.field !== TRAINER.treatWhitespaceAsSuffix)
      message.skip();
  }
  return modelType === UNIGRAM;
}

/** @returns the character map. */
function readNormalizer(message: ProtobufReader): Uint8Array {
  let charsmap: Uint8Array = new Uint8Array();
  const required: readonly number[] = [
    NORMALIZER.addDummyPrefix,
    NORMALIZER.removeExtraWhitespaces,
    NORMALIZER.escapeWhitespaces,
  ];
  while (message.next()) {
    if (message.field === NORMALIZER.charsmap) charsmap = message.bytes();
    // All three are true when absent.
    else if (required.includes(message.field)) {
      if (message.varint() === 0) throw unsupported(`a SentencePiece normalizer with field ${message.field} off`);
    } else message.skip();
  }
  return charsmap;
}

function layoutC(maskId: number): unknown {
  const special = ['<s>', '<pad>', '</s>', '<unk>'].map((content, id) => ({ id, content, special: true }));
  return {
    added_tokens: [...special, { id: maskId, content: '<mask>', lstrip: true, special: true }],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Precompiled', precompiled_charsmap: '' },
        { type: 'Strip', strip_left: false, strip_right: true },
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '▁' },
      ],
    },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>' } }, { Sequence: { id: 'A' } }, { SpecialToken: { id: '</s>' } }],
      special_tokens: { '<s>': { ids: [0] }, '</s>': { ids: [2] } },
    },
    model: { type: 'Unigram', unk_id: 3, byte_fallback: false },
  };
}
