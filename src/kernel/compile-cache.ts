import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { resolveCacheFolder } from './cache-folder.ts';
import { createFolderSync } from './create-folder.ts';

/**
 * Lets Node keep the compiled code of modules in `<cache>/modules` (1 MB): a search takes about a tenth less time. Not
 * Node's default place, a folder for all users of the machine in which another one could plant code. Where the folder
 * cannot be written, Node goes on without.
 */
export function enableModuleCache(): void {
  const folder = join(resolveCacheFolder(), 'modules');
  try {
    // Node makes it too, but below /proc it would never end trying.
    createFolderSync(folder);
  } catch {
    return; // Only costs time: whatever needs the cache folder says what is wrong with it.
  }
  enableCompileCache(folder);
}

/** Environment for a worker thread: that of the process, and the module cache, which threads do not take over by themselves. */
export function workerEnvironment(): NodeJS.ProcessEnv {
  // Node answers with the folder for its own version, and wants the one above.
  const folder = getCompileCacheDir();
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
}
