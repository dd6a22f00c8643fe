import { parseBoundedJson } from '../../src/model/tokenizer/bounded-json.ts';
import { compileDocument, compileTokenizer } from '../../src/model/tokenizer/compile-tokenizer.ts';
import { fields } from '../../src/model/tokenizer/config/json-fields.ts';
import { openTokenizer } from '../../src/model/tokenizer/open-tokenizer.ts';
import type { TokenizerSettings } from '../../src/model/tokenizer/tokenizer-settings.ts';
import { readByteLevelVocabulary, readWordPieceVocabulary } from '../../src/model/tokenizer/vocabulary-files.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './targets.ts';
import {
  BYTE_LEVEL,
  BYTE_LEVEL_FILES,
  sentencePieceModel,
  UNIGRAM,
  UNIGRAM_WITH_CHARSMAP,
  WORD_PIECE,
  WORD_PIECE_FILES,
  type VocabularyFiles,
} from './tokenizer-seeds.ts';

const TEXTS = [
  '',
  'hello ab  a\u0301 b. 日本 👍 <s> def f(x): return x',
  'ab'.repeat(60),
  '\u0000\ud800 \ufeff\u202e\n\t',
];
const MAX_IDS = 64;

function tryTokenizer(compiled: Uint8Array): void {
  const tokenizer = openTokenizer(compiled);
  for (const text of TEXTS) {
    const { ids } = tokenizer.encode(text, { maxLength: MAX_IDS });
    const whole = tokenizer.countTokens(text);
    const windows = tokenizer.encodeWindows(text, { maxLength: MAX_IDS });
    tokenizer.tokenize(text, { maxLength: MAX_IDS });
    if (ids.length > MAX_IDS || windows.some((window) => window.ids.length > MAX_IDS)) throw new Error('too many ids');
    if (ids.length > whole) throw new Error(`${ids.length} ids of a text that has ${whole}`);
    const outside = ids.find((id) => id < 0 || id >= tokenizer.vocabularySize);
    if (outside !== undefined) throw new Error(`id ${outside} of a vocabulary of ${tokenizer.vocabularySize}`);
  }
}

/** tokenizer.json of every kind, and SentencePiece models. */
export function tokenizerTarget(): FuzzTarget {
  const documents = [UNIGRAM, UNIGRAM_WITH_CHARSMAP, WORD_PIECE, WORD_PIECE, BYTE_LEVEL];
  const texts = documents.map((document) => Buffer.from(JSON.stringify(document)));
  const pieces = sentencePieceModel();
  return {
    seeds: [...texts, pieces],
    damage(random) {
      if (random.chance(0.25)) return mutateBytes(pieces, random, pieces);
      if (random.chance(0.2)) return mutateBytes(random.pick(texts), random, random.pick(texts));
      return Buffer.from(mutateJson(random.pick(documents), random));
    },
    read: (bytes) => tryTokenizer(compileTokenizer(bytes)),
  };
}

/** Several files as one, each behind its length. */
function pack(files: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    files.flatMap((file) => [Uint8Array.from(new Uint8Array(Uint32Array.of(file.length).buffer)), file]),
  );
}

function unpack(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getUint32(at, true);
    files.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return files;
}

function settingsOf(file: Uint8Array): TokenizerSettings {
  const all = fields(parseBoundedJson(file, 'settings'), 'settings');
  const part = (name: string): TokenizerSettings['config'] => fields(all[name] ?? {}, name);
  return {
    config: part('config'),
    specialTokens: part('specialTokens'),
    addedTokens: part('addedTokens'),
    sentences: part('sentences'),
    model: part('model'),
    faults: [],
  };
}

function bytesOf({ settings, vocabulary, merges }: VocabularyFiles): Uint8Array[] {
  const texts = [JSON.stringify(settings), vocabulary, ...(merges === undefined ? [] : [merges])];
  return texts.map((text) => Buffer.from(text));
}

/** vocab.txt, or vocab.json and merges.txt, each with the settings beside it in front, as one file. */
export function vocabularyTarget(): FuzzTarget {
  const kinds = [WORD_PIECE_FILES, BYTE_LEVEL_FILES];
  return {
    seeds: kinds.map((kind) => pack(bytesOf(kind))),
    damage(random: Random) {
      const kind = random.pick(kinds);
      const files = bytesOf(kind);
      if (random.chance(0.5)) files[0] = Buffer.from(mutateJson(kind.settings, random));
      else {
        const number = random.below(files.length);
        const file = files[number] ?? new Uint8Array();
        files[number] = mutateBytes(file, random, file);
      }
      return pack(files);
    },
    read(bytes) {
      const [settingsFile = new Uint8Array(), vocabulary = new Uint8Array(), merges] = unpack(bytes);
      const settings = settingsOf(settingsFile);
      const document =
        merges === undefined
          ? readWordPieceVocabulary(vocabulary, settings)
          : readByteLevelVocabulary(vocabulary, merges, settings);
      tryTokenizer(compileDocument(document, settings));
    },
  };
}
