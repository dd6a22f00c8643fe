import { describe, expect, it } from 'vitest';
import { ScriptModules } from '../../../../src/resolution/module-resolution/script-modules.ts';

function resolver(files: Readonly<Record<string, string>>): (from: string, specifier: string) => string | undefined {
  const paths = new Set(Object.keys(files));
  const modules = new ScriptModules({ paths, readManifest: (path) => files[path] }, paths);
  return (from, specifier) => {
    const found = modules.resolvePath(from, specifier);
    return typeof found === 'object' ? found.key : found;
  };
}

describe('ScriptModules', () => {
  it('probes extensions, compiled names and folders', () => {
    const resolve = resolver({
      'a.ts': '',
      'b.tsx': '',
      'c/index.js': '',
      'd.d.ts': '',
      'e.mts': '',
      'f.vue': '',
      'g.js': '',
      'g.ts': '',
    });
    expect(resolve('main.ts', './a')).toBe('a.ts');
    expect(resolve('main.ts', './a.js')).toBe('a.ts');
    expect(resolve('main.ts', './a.ts')).toBe('a.ts');
    expect(resolve('main.ts', './b.js')).toBe('b.tsx');
    expect(resolve('main.ts', './c')).toBe('c/index.js');
    expect(resolve('c/index.js', '..')).toBeUndefined();
    expect(resolve('c/index.js', '../d')).toBe('d.d.ts');
    expect(resolve('main.ts', './e.mjs')).toBe('e.mts');
    expect(resolve('main.ts', './f.vue')).toBe('f.vue');
    expect(resolve('main.ts', './g.js')).toBe('g.js');
  });

  it('never leaves the root', () => {
    const resolve = resolver({ 'etc/passwd.ts': '' });
    expect(resolve('a/main.ts', '../../etc/passwd')).toBeUndefined();
    expect(resolve('main.ts', '../etc/passwd')).toBeUndefined();
  });

  it('tells packages, built-in modules and aliases of bundlers apart', () => {
    const resolve = resolver({ 'main.ts': '' });
    expect(resolve('main.ts', 'react')).toBe('external');
    expect(resolve('main.ts', '@scope/name/sub')).toBe('external');
    expect(resolve('main.ts', 'node:fs')).toBe('external');
    expect(resolve('main.ts', '@/components')).toBeUndefined();
    expect(resolve('main.ts', './missing')).toBeUndefined();
  });

  it('uses the nearest configuration and the longest pattern', () => {
    const resolve = resolver({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "lib/*": ["./a/*"] } } }',
      'app/tsconfig.json': '{ "extends": ["../missing.json", "./shared"], "compilerOptions": { "baseUrl": "src" } }',
      'app/shared.json':
        '{ "compilerOptions": { "paths": { "lib/*": ["../a/*"], "lib/deep/*": ["./deep/*", "./other/*"] } } }',
      'a/x.ts': '',
      'app/other/y.ts': '',
      'app/src/z.ts': '',
    });
    expect(resolve('main.ts', 'lib/x')).toBe('a/x.ts');
    expect(resolve('app/src/z.ts', 'lib/deep/y')).toBe('app/other/y.ts');
    expect(resolve('app/src/main.ts', 'z')).toBe('app/src/z.ts');
  });

  it('survives configurations that extend each other or are no JSON', () => {
    const resolve = resolver({
      'tsconfig.json': '{ "extends": "./b.json" }',
      'b.json': '{ "extends": "./tsconfig.json" }',
      'a.ts': '',
      'c/tsconfig.json': '{{{',
      'c/a.ts': '',
    });
    expect(resolve('main.ts', './a')).toBe('a.ts');
    expect(resolve('c/main.ts', './a')).toBe('c/a.ts');
  });

  it('finds the source of a workspace package behind its built files', () => {
    const resolve = resolver({
      'packages/a/package.json':
        '{ "name": "a", "exports": { ".": { "types": "./dist/main.d.ts" }, "./x": "./dist/x.js" } }',
      'packages/a/src/main.ts': '',
      'packages/a/src/x.ts': '',
      'packages/b/package.json': '{ "name": "@s/b" }',
      'packages/b/index.ts': '',
      'packages/b/sub/thing.ts': '',
      'packages/b/node_modules/c/package.json': '{ "name": "c" }',
      'packages/b/node_modules/c/index.js': '',
    });
    expect(resolve('main.ts', 'a')).toBe('packages/a/src/main.ts');
    expect(resolve('main.ts', 'a/x')).toBe('packages/a/src/x.ts');
    expect(resolve('main.ts', '@s/b')).toBe('packages/b/index.ts');
    expect(resolve('main.ts', '@s/b/sub/thing')).toBe('packages/b/sub/thing.ts');
    expect(resolve('main.ts', 'c')).toBe('external');
  });
});
