import { fileURLToPath } from 'node:url';

/** Root folder of this package: the same number of levels above this module in `src/` and in the built `dist/`. */
export function packageRoot(): string {
  return fileURLToPath(new URL('../../', import.meta.url));
}
