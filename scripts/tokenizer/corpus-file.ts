import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Texts with the ids the Rust library gave them. */
export interface TokenizerCorpus {
  /** How it was made: command and versions. */
  readonly about: string;
  readonly kinds: readonly string[];
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
}

/** Writes JSON, gzip-compressed. */
export function writeCorpus(path: string, corpus: TokenizerCorpus): void {
  writeFileSync(path, gzipSync(JSON.stringify(corpus), { level: 9 }));
}

/** Reads what {@link writeCorpus} wrote. */
export function readCorpus(path: string): TokenizerCorpus {
  // A file of this repository, made by scripts/tokenizer/make-corpus.ts.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as TokenizerCorpus;
}
