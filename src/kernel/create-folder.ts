import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './errors.ts';

/**
 * Creates a folder with its parents; one that is there already is fine. Node's own `recursive` never comes back below /proc
 * and the like, where a folder is there and one in it "does not exist" however often it is asked for.
 *
 * @throws the system's error where a folder is refused, or something else has its name.
 */
export async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    if (await isFolder(path)) return;
    if (systemErrorCode(cause) !== 'ENOENT' || dirname(path) === path) throw cause;
    await createFolder(dirname(path));
    await mkdir(path).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again; // Otherwise another process made it meanwhile.
    });
  }
}

/** The same for the start of a program, where nothing else can go on meanwhile. @throws as {@link createFolder}. */
export function createFolderSync(path: string): void {
  const isThere = (): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  try {
    mkdirSync(path);
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT' || dirname(path) === path) throw cause;
    createFolderSync(dirname(path));
    if (!isThere()) mkdirSync(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}
