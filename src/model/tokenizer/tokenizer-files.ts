import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage } from '../../kernel/errors.ts';
import { KIND_DESCRIPTIONS, sniffFile, type SniffedKind } from '../sniff-file.ts';
import { readTokenizerSettings, settingsKey } from './tokenizer-settings.ts';

/** Largest tokenizer file that is hashed and read (CWE-770); XLM-RoBERTa's tokenizer.json has 17 MB. */
export const MAX_TOKENIZER_BYTES: number = 256 * 1024 * 1024;
/** Raise it whenever the compiled form changes, or other ids are made from the same files. */
export const COMPILED_TOKENIZER_VERSION: number = 3;

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

/** What a folder seems to define its tokenizer by, without reading it whole. */
export interface TokenizerFiles {
  readonly definition: TokenizerDefinition;
  /** All paths whose bytes decide about ids. */
  readonly files: readonly string[];
  /** What the settings beside them change; for fingerprints. */
  readonly settings: string;
  /** Why a preferred definition was passed over: `TOKENIZER_FILE_SKIPPED` each, a warning unless it is only absent. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds the first definition whose files seem whole: there, not empty, no Git LFS pointer, no saved web page. Whether it can
 * be used only `readTokenizerSource` finds out.
 *
 * @returns null when the folder has none.
 */
export async function findTokenizerFiles(folder: string): Promise<TokenizerFiles | null> {
  const faults: SkippedFile[] = [];
  for (const definition of TOKENIZER_DEFINITIONS) {
    const fault = await faultOf(folder, definition);
    if (fault === null) {
      const settings = settingsKey(definition.file, await readTokenizerSettings(folder));
      return {
        definition,
        files: tokenizerPaths(folder, definition),
        settings,
        diagnostics: faults.map((skipped) => skippedDiagnostic(skipped, definition.file)),
      };
    }
    // A folder without tokenizer.json is worth a word; one without a file that only some models have is not.
    if (!fault.isAbsent || definition.file === 'tokenizer.json') faults.push(fault);
  }
  return null;
}

/** Paths of a definition's files. */
export function tokenizerPaths(folder: string, { file, companions }: TokenizerDefinition): readonly string[] {
  return [file, ...companions].map((name) => join(folder, name));
}

/** Why a definition was passed over. */
export interface SkippedFile {
  /** What is wrong with it, its path included. */
  readonly reason: string;
  /** True when it is only not there. */
  readonly isAbsent: boolean;
  readonly hint?: string | undefined;
}

/** Said when another definition serves instead of a preferred one. */
export function skippedDiagnostic({ reason, isAbsent, hint }: SkippedFile, used: string): Diagnostic {
  return {
    severity: isAbsent ? 'info' : 'warning',
    code: 'TOKENIZER_FILE_SKIPPED',
    message: `${reason}; ${used} serves instead.`,
    hint: isAbsent ? undefined : (hint ?? 'Download the model again with its tokenizer files.'),
  };
}

/** @returns null when all is there. */
async function faultOf(folder: string, { file, companions }: TokenizerDefinition): Promise<SkippedFile | null> {
  for (const name of [file, ...companions]) {
    const path = join(folder, name);
    let kind: SniffedKind;
    try {
      kind = await sniffFile(path);
    } catch (error) {
      return { reason: errorMessage(error), isAbsent: false };
    }
    if (kind !== 'content') {
      return { reason: `${path} ${KIND_DESCRIPTIONS[kind]}`, isAbsent: kind === 'absent' && name === file };
    }
    const { size } = await stat(path);
    if (size > MAX_TOKENIZER_BYTES) {
      return { reason: `${path} has ${size} bytes, more than ${MAX_TOKENIZER_BYTES}`, isAbsent: false };
    }
  }
  return null;
}
