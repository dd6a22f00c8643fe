import { readFileSync } from 'node:fs';

/** Root of this package: the folder of package.json, both from `src/` and from `dist/`. */
export const PACKAGE_ROOT: URL = new URL('../', import.meta.url);

/** Version of this package. */
export function packageVersion(): string {
  const value: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'));
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string') {
    return value.version;
  }
  throw new TypeError('package.json of codegraphai has no version');
}
