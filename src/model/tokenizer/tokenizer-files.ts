import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage } from '../../kernel/errors.ts';
import { KIND_DESCRIPTIONS, sniffFile, type SniffedKind } from '../sniff-file.ts';

/** Largest tokenizer file that is hashed and read (CWE-770); XLM-RoBERTa's tokenizer.json has 17 MB. */
export const MAX_TOKENIZER_BYTES: number = 256 * 1024 * 1024;
/** Raise it whenever the compiled form changes, or other ids are made from the same files. */
export const COMPILED_TOKENIZER_VERSION: number = 2;

/** One way in which a model folder can define its tokenizer. */
export interface TokenizerDefinition {
  /** The file that holds the vocabulary; names the definition. */
  readonly file: TokenizerFile;
  /** What must be read beside it. */
  readonly companions: readonly string[];
}

/** Names of the files that hold a vocabulary. */
export type TokenizerFile =
  | 'tokenizer.json'
  | 'sentencepiece.bpe.model'
  | 'spiece.model'
  | 'tokenizer.model'
  | 'vocab.json'
  | 'vocab.txt';

/** Tokenizer definitions by preference. */
export const TOKENIZER_DEFINITIONS: readonly TokenizerDefinition[] = [
  { file: 'tokenizer.json', companions: [] },
  { file: 'sentencepiece.bpe.model', companions: [] },
  { file: 'spiece.model', companions: [] },
  { file: 'tokenizer.model', companions: [] },
  { file: 'vocab.json', companions: ['merges.txt'] },
  { file: 'vocab.txt', companions: [] },
];

/** Settings beside the vocabulary that change ids; each may be absent. */
export const SETTINGS_FILES = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'sentence_bert_config.json',
] as const;

/** What a folder seems to define its tokenizer by, without reading it whole. */
export interface TokenizerFiles {
  readonly definition: TokenizerDefinition;
  /** All paths whose bytes decide about ids: the definition's files and the settings beside them. */
  readonly files: readonly string[];
  /** Why a preferred definition was passed over: `TOKENIZER_FILE_SKIPPED`, a warning each. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds the first definition whose files seem whole: there, not empty, no Git LFS pointer, no saved web page. Whether it can
 * be used only `readTokenizerSource` finds out.
 *
 * @returns null when the folder has none.
 */
export async function findTokenizerFiles(folder: string): Promise<TokenizerFiles | null> {
  const faults: string[] = [];
  for (const definition of TOKENIZER_DEFINITIONS) {
    const fault = await faultOf(folder, definition);
    if (fault === null) {
      const files = await tokenizerPaths(folder, definition);
      return { definition, files, diagnostics: faults.map((text) => skippedDiagnostic(text, definition.file)) };
    }
    if (fault !== '') faults.push(fault);
  }
  return null;
}

/** A definition's files and the settings beside them that are there. */
export async function tokenizerPaths(folder: string, definition: TokenizerDefinition): Promise<readonly string[]> {
  const paths = [definition.file, ...definition.companions].map((name) => join(folder, name));
  for (const name of SETTINGS_FILES) {
    const path = join(folder, name);
    if (await isReadable(path)) paths.push(path);
  }
  return paths;
}

/** Said when another definition serves instead of a preferred one. */
export function skippedDiagnostic(reason: string, used: string, hint?: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'TOKENIZER_FILE_SKIPPED',
    message: `${reason}; ${used} serves instead.`,
    hint: hint ?? 'Download the model again with its tokenizer files.',
  };
}

/** @returns null when all is there; empty when the definition is absent, which is no fault where another serves. */
async function faultOf(folder: string, { file, companions }: TokenizerDefinition): Promise<string | null> {
  for (const name of [file, ...companions]) {
    const path = join(folder, name);
    let kind: SniffedKind;
    try {
      kind = await sniffFile(path);
    } catch (error) {
      return errorMessage(error);
    }
    if (kind !== 'content') {
      // A folder without tokenizer.json is worth a word; one without a file only some models have is not.
      return kind === 'absent' && name === file && file !== 'tokenizer.json'
        ? ''
        : `${path} ${KIND_DESCRIPTIONS[kind]}`;
    }
    const { size } = await stat(path);
    if (size > MAX_TOKENIZER_BYTES) return `${path} has ${size} bytes, more than ${MAX_TOKENIZER_BYTES}`;
  }
  return null;
}

async function isReadable(path: string): Promise<boolean> {
  try {
    return (await sniffFile(path)) === 'content';
  } catch {
    return false; // Settings that cannot be read are as good as absent; the definition is what must be there.
  }
}
