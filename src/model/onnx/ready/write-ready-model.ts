import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenizerSource } from '../../tokenizer/load-tokenizer.ts';
import { COMPILED_FORMAT, RECORD_FILE, TOKENIZER_FILE, type CompiledRecord } from '../compiled-model.ts';

/** Writes what a ready graph needs beside itself, the compiled tokenizer, into an existing, empty folder. */
export async function writeReadyModel(
  folder: string,
  { source, fingerprint, tokenizer }: { source: string; fingerprint: string; tokenizer: TokenizerSource },
): Promise<void> {
  await writeFile(join(folder, TOKENIZER_FILE), tokenizer.compiled);
  const files = { [TOKENIZER_FILE]: tokenizer.compiled.byteLength };
  const record: CompiledRecord = { format: COMPILED_FORMAT, fingerprint, source, files };
  await writeFile(join(folder, RECORD_FILE), JSON.stringify(record, null, 2));
}
