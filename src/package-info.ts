import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './kernel/package-root.ts';

/** Version of this package. */
export function packageVersion(): string {
  const value: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string') {
    return value.version;
  }
  throw new TypeError('package.json of codegraphai has no version');
}
