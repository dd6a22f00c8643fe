import type { FileEdges, IndexedFile } from '../../../src/store/index-store.ts';
import { atAngle, concatenate, makeEdge, makeFile, makeFileEdges, sha256 } from './store-fixtures.ts';

const FILES = 8;
const SYMBOLS = 12;

const pathOf = (file: number): string => `src/f${file}.ts`;
const nameOf = (version: number, symbol: number): string => `v${version}s${symbol}`;
const textOf = (version: number, file: number, symbol: number): string => `${version} ${file} ${symbol}`;

/** The same files for each version, with symbols, texts and words that name it. */
export function versionFiles(version: number): IndexedFile[] {
  return Array.from({ length: FILES }, (_, file) =>
    makeFile(
      pathOf(file),
      Array.from({ length: SYMBOLS }, (_each, symbol) => ({
        name: nameOf(version, symbol),
        text: textOf(version, file, symbol),
        words: `version${version} common`,
      })),
      { version: String(version) },
    ),
  );
}

/** A call of each file's first symbol to the next file's. */
export function versionEdges(version: number): FileEdges[] {
  const id = (file: number): string => `${pathOf(file % FILES)}#${nameOf(version, 0)}`;
  return Array.from({ length: FILES }, (_, file) =>
    makeFileEdges(pathOf(file), [makeEdge('calls', id(file), id(file + 1))]),
  );
}

export function versionVectors(version: number): { hashes: string[]; vectors: Float32Array; dimensions: number } {
  const texts = Array.from({ length: FILES * SYMBOLS }, (_, index) =>
    textOf(version, Math.floor(index / SYMBOLS), index % SYMBOLS),
  );
  return { hashes: texts.map(sha256), vectors: concatenate(texts.map((_, index) => atAngle(index))), dimensions: 32 };
}

export const VERSION_COUNTS: Readonly<Record<'files' | 'symbols' | 'chunks', number>> = {
  files: FILES,
  symbols: FILES * SYMBOLS,
  chunks: FILES * SYMBOLS,
};
