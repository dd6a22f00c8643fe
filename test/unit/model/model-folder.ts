import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the model that ships with the package. */
export const EMBEDDED_FOLDER: string = fileURLToPath(
  new URL('../../../models/codegraphai/multilingual-e5-small-int8', import.meta.url),
);

/** A temporary folder that is gone after `await using`. */
export async function temporaryFolder(): Promise<{ path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'codegraphai-model-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Makes a model folder out of the embedded model: large files as links, configuration as copies that may be changed.
 *
 * @param files - Relative path to what it should hold instead; null leaves the file out.
 */
export async function modelFolder(path: string, files: Readonly<Record<string, string | null>> = {}): Promise<string> {
  const copies = [
    'config.json',
    'modules.json',
    '1_Pooling/config.json',
    'sentence_bert_config.json',
    'config_sentence_transformers.json',
    'tokenizer_config.json',
    'special_tokens_map.json',
  ];
  await mkdir(join(path, '1_Pooling'), { recursive: true });
  for (const name of [...copies, 'pytorch_model.bin', 'tokenizer.json']) {
    if (name in files) continue;
    await (copies.includes(name) ? copyFile : symlink)(join(EMBEDDED_FOLDER, name), join(path, name));
  }
  for (const [name, text] of Object.entries(files)) {
    if (text === null) continue;
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return path;
}
