import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { silentLogger, type Logger } from '../../kernel/logger.ts';
import { KIND_DESCRIPTIONS, sniffFile } from '../sniff-file.ts';
import { baseModelIds, configVocabularySize } from './base-models.ts';
import { compileDocument, readTokenizerDocument, type TokenizerDocument } from './compile-tokenizer.ts';
import { modelKindOf } from './model-kind.ts';
import { openTokenizer } from './open-tokenizer.ts';
import { parseSentencePieceModel } from './sentencepiece.ts';
import { TokenizerError } from './tokenizer-error.ts';
import {
  MAX_TOKENIZER_BYTES,
  skippedDiagnostic,
  TOKENIZER_DEFINITIONS,
  tokenizerPaths,
  type TokenizerDefinition,
  type TokenizerFile,
} from './tokenizer-files.ts';
import {
  assertTokenizerClass,
  readTokenizerSettings,
  settingsKey,
  XLM_ROBERTA_CLASSES,
  type TokenizerSettings,
} from './tokenizer-settings.ts';
import { readByteLevelVocabulary, readWordPieceVocabulary } from './vocabulary-files.ts';

/** The files a model's tokenizer comes from, compiled. */
export interface TokenizerSource {
  readonly file: TokenizerFile;
  readonly path: string;
  /** All paths whose bytes decide about ids; for fingerprints. */
  readonly files: readonly string[];
  /** What the settings beside them change; for fingerprints. */
  readonly settings: string;
  /** For `openTokenizer`. */
  readonly compiled: Uint8Array<ArrayBuffer>;
  /**
   * Why this one serves: `TOKENIZER_FILE_SKIPPED` for each preferred definition that was passed over (a warning, unless it is
   * only absent), `TOKENIZER_FROM_BASE_MODEL` where another model's serves, `TOKENIZER_SETTINGS_IGNORED`.
   */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadTokenizerOptions {
  /**
   * Rows of the network's word embeddings; a tokenizer with more tokens is refused.
   *
   * @defaultValue `vocab_size` of the folder's config.json; unchecked where that is absent
   */
  readonly vocabularySize?: number | undefined;
  /** The folder of a hub id on this machine, null when it is not there. @defaultValue no base model is looked for */
  readonly findModel?: ((id: string) => Promise<string | null>) | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Finds the tokenizer of a model folder and compiles it: the first of {@link TOKENIZER_DEFINITIONS} that is whole, else that
 * of its base model where this machine has it and config.json says the same `vocab_size`.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MISSING` when the folder has none; otherwise what was wrong with the preferred
 * one of the files that are there: `TOKENIZER_LFS_POINTER`, `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`,
 * `TOKENIZER_LIMIT_EXCEEDED`, `TOKENIZER_VOCABULARY_MISMATCH`. `details.attempts` says why nothing else served.
 */
export async function readTokenizerSource(
  folder: string,
  options: ReadTokenizerOptions = {},
): Promise<TokenizerSource> {
  const { logger = silentLogger } = options;
  const vocabularySize = options.vocabularySize ?? (await configVocabularySize(folder));
  const failures: TokenizerError[] = [];
  const source =
    (await readOwn(folder, vocabularySize, failures)) ??
    (await readFromBase(folder, vocabularySize, failures, options));
  if (source === null) throw nothingServes(folder, failures);
  for (const { severity, message } of source.diagnostics) logger[severity === 'warning' ? 'warn' : 'info'](message);
  return source;
}

/** The folder's own tokenizer; null, with the reasons in `failures`, when none of its definitions can be used. */
async function readOwn(
  folder: string,
  vocabularySize: number | null,
  failures: TokenizerError[],
): Promise<TokenizerSource | null> {
  const settings = await readTokenizerSettings(folder);
  for (const definition of TOKENIZER_DEFINITIONS) {
    const { file } = definition;
    const path = join(folder, file);
    try {
      const { compiled, diagnostics: ignored } = await compileDefinition(folder, definition, settings);
      assertFits(path, openTokenizer(compiled).vocabularySize, vocabularySize);
      const skipped = failures.map(({ message, code, hint }) =>
        skippedDiagnostic({ reason: message, isAbsent: code === 'TOKENIZER_MISSING', hint }, file),
      );
      const diagnostics = [...skipped, ...ignored];
      return {
        file,
        path,
        files: tokenizerPaths(folder, definition),
        settings: settingsKey(file, settings),
        compiled,
        diagnostics,
      };
    } catch (error) {
      if (!(error instanceof TokenizerError)) throw error;
      const isWorthSaying = error.code !== 'TOKENIZER_MISSING' || file === 'tokenizer.json';
      if (isWorthSaying) failures.push(located(error, path));
    }
  }
  return null;
}

/** The error with the path it is about. */
function located(error: TokenizerError, path: string): TokenizerError {
  const { message, code, hint, details } = error;
  if (details['path'] !== undefined) return error;
  const name = basename(path);
  return new TokenizerError(message.startsWith(name) ? path + message.slice(name.length) : `${path}: ${message}`, {
    code,
    hint,
    details: { ...details, path },
    cause: error,
  });
}

async function readFromBase(
  folder: string,
  vocabularySize: number | null,
  failures: TokenizerError[],
  { findModel, logger = silentLogger }: ReadTokenizerOptions,
): Promise<TokenizerSource | null> {
  if (findModel === undefined) return null;
  const own = [...failures];
  for (const id of await baseModelIds(folder, vocabularySize)) {
    const base = await findModel(id);
    if (base === null || base === folder) {
      logger.debug(`the tokenizer of ${id} cannot serve ${folder}: the model is not on this machine`);
      continue;
    }
    const refused: TokenizerError[] = [];
    const source = await readOwn(base, null, refused);
    const mismatch = source === null ? null : await baseMismatch(id, base, source, vocabularySize);
    if (source !== null && mismatch === null) {
      const diagnostics = [...own.map((failure) => fromBase(failure, id)), ...source.diagnostics];
      return { ...source, diagnostics };
    }
    const reasons = mismatch === null ? refused : [mismatch];
    for (const reason of reasons) logger.warn(`the tokenizer of ${id} cannot serve ${folder}: ${reason.message}`);
    failures.push(...reasons);
  }
  return null;
}

/** A base model's tokenizer serves only a network with as many embeddings as its own. */
async function baseMismatch(
  id: string,
  base: string,
  { path, compiled }: TokenizerSource,
  vocabularySize: number | null,
): Promise<TokenizerError | null> {
  const size = (await configVocabularySize(base)) ?? openTokenizer(compiled).vocabularySize;
  if (size === vocabularySize) return null;
  const wanted = vocabularySize === null ? 'an unknown number of' : String(vocabularySize);
  return new TokenizerError(`the vocabulary of ${id} in ${path} has ${size} tokens, this network ${wanted}`, {
    code: 'TOKENIZER_VOCABULARY_MISMATCH',
    hint: 'Download the model again with its own tokenizer files.',
    details: { path, expected: vocabularySize, actual: size },
  });
}

function assertFits(path: string, size: number, vocabularySize: number | null): void {
  if (vocabularySize === null || size <= vocabularySize) return;
  throw new TokenizerError(`${path} has ${size} tokens, the network only ${vocabularySize}`, {
    code: 'TOKENIZER_VOCABULARY_MISMATCH',
    hint: 'Get the model again: its tokenizer and its config.json belong to different models.',
    details: { path, expected: vocabularySize, actual: size },
  });
}

async function compileDefinition(
  folder: string,
  { file, companions }: TokenizerDefinition,
  settings: TokenizerSettings,
): Promise<Pick<TokenizerSource, 'compiled' | 'diagnostics'>> {
  const bytes = await readTokenizerFile(join(folder, file));
  const others = await Promise.all(companions.map((name) => readTokenizerFile(join(folder, name))));
  const tokenizer = readDefinition(file, bytes, others, settings);
  const [fault] = settings.faults;
  // Only WordPiece and BPE have settings on which ids depend.
  if (fault !== undefined && modelKindOf(tokenizer.document) !== 'Unigram') throw fault;
  const diagnostics = settings.faults.map(({ message, hint }) => ignoredDiagnostic(message, hint));
  return { compiled: compileDocument(tokenizer, settings), diagnostics };
}

function readDefinition(
  file: TokenizerFile,
  bytes: Uint8Array,
  [merges = new Uint8Array()]: readonly Uint8Array[],
  settings: TokenizerSettings,
): TokenizerDocument {
  switch (file) {
    case 'tokenizer.json':
      return readTokenizerDocument(bytes);
    case 'vocab.txt':
      return readWordPieceVocabulary(bytes, settings);
    case 'vocab.json':
      return readByteLevelVocabulary(bytes, merges, settings);
    default:
      // XLNet's models look the same, but have other ids.
      assertTokenizerClass(settings, XLM_ROBERTA_CLASSES, file);
      return parseSentencePieceModel(bytes);
  }
}

function ignoredDiagnostic(message: string, hint: string | undefined): Diagnostic {
  return { severity: 'warning', code: 'TOKENIZER_SETTINGS_IGNORED', message: `${message}; it is ignored.`, hint };
}

async function readTokenizerFile(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const description = await stat(path);
    if (!description.isFile()) throw new Error('it is not a regular file');
    const { size } = description;
    if (size > MAX_TOKENIZER_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_TOKENIZER_BYTES}`);
    bytes = await readFile(path);
  } catch (cause) {
    const isAbsent = systemErrorCode(cause) === 'ENOENT';
    const what = isAbsent ? KIND_DESCRIPTIONS.absent : `cannot be read: ${errorMessage(cause)}`;
    throw new TokenizerError(`${path} ${what}`, {
      code: isAbsent ? 'TOKENIZER_MISSING' : 'TOKENIZER_MALFORMED',
      hint: 'Check that the file exists and that you may read it.',
      details: { path },
      cause,
    });
  }
  await assertContent(path, bytes);
  return bytes;
}

/** A pointer file is some 130 bytes. */
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,15})\s*$/;
const MAX_POINTER_BYTES = 1024;

async function assertContent(path: string, bytes: Uint8Array): Promise<void> {
  const kind = await sniffFile(path);
  if (kind === 'content') return;
  const text = Buffer.from(bytes.subarray(0, MAX_POINTER_BYTES)).toString('latin1');
  const [, oid, size] = LFS_POINTER.exec(text) ?? [];
  if (kind === 'lfs-pointer') {
    const what = size === undefined ? 'pointer' : `pointer to ${size} bytes`;
    throw new TokenizerError(`${path} is a Git LFS ${what}, not the file itself`, {
      code: 'TOKENIZER_LFS_POINTER',
      hint: 'Run "git lfs pull" in the model\'s clone, or download the file.',
      details: { path, oid, sizeBytes: size === undefined ? undefined : Number(size) },
    });
  }
  throw new TokenizerError(`${path} ${KIND_DESCRIPTIONS[kind]}`, {
    code: 'TOKENIZER_MALFORMED',
    hint: 'Download the model again: this file was never written.',
    details: { path },
  });
}

function fromBase(failure: TokenizerError, id: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'TOKENIZER_FROM_BASE_MODEL',
    message: `${failure.message}; the tokenizer of ${id} serves instead.`,
    hint: failure.hint,
  };
}

function nothingServes(folder: string, failures: readonly TokenizerError[]): TokenizerError {
  const worst = failures.find((failure) => failure.code !== 'TOKENIZER_MISSING');
  const attempts = failures.map(({ message }) => message);
  if (worst !== undefined) {
    const others = failures.filter((failure) => failure !== worst && failure.code === 'TOKENIZER_VOCABULARY_MISMATCH');
    return new TokenizerError([worst, ...others].map(({ message }) => message).join('; '), {
      code: worst.code,
      hint: worst.hint,
      details: { ...worst.details, attempts },
      cause: worst,
    });
  }
  const searched = TOKENIZER_DEFINITIONS.map(({ file }) => file);
  return new TokenizerError(`${folder} has none of ${searched.join(', ')}`, {
    code: 'TOKENIZER_MISSING',
    hint: 'Download the model again with its tokenizer files.',
    details: { folder, searched, attempts },
  });
}
