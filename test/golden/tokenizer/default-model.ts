import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the embedded default model. */
export const DEFAULT_MODEL_FOLDER: string = fileURLToPath(
  new URL('../../../models/codegraphai/multilingual-e5-small-int8/', import.meta.url),
);

/** Bytes of one of its files. */
export function defaultModelFile(name: string): Buffer {
  return readFileSync(`${DEFAULT_MODEL_FOLDER}${name}`);
}

/** Path of a fixture of the tokenizer tests. */
export function tokenizerFixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/tokenizer/${name}`, import.meta.url));
}
