import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPackageFacts } from '../../../src/indexing/package-manifests.ts';

let root = '';

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'codegraphai-manifests-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, manifest: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
}

const facts = (...paths: string[]): [string | null, ...string[]] => {
  const { description, entries } = readPackageFacts(root, paths);
  return [description, ...entries.map(({ path, reason }) => `${reason} ${path}`)];
};

describe('readPackageFacts', () => {
  it('finds the sources of what a package is built to, each once, commands first', () => {
    write('package.json', {
      description: 'Sells books.',
      main: './dist/index.js',
      bin: { shop: './dist/cli/bin.js' },
      exports: {
        '.': { types: './dist/index.d.ts', import: './dist/index.js' },
        './http': ['./lib/http.mjs'],
        './parts/*': './dist/parts/*.js',
        './package.json': './package.json',
      },
    });
    const paths = ['src/index.ts', 'src/cli/bin.ts', 'src/http.mts', 'src/parts/a.ts'];
    expect(facts(...paths)).toEqual([
      'Sells books.',
      'command src/cli/bin.ts',
      'package src/index.ts',
      'package src/http.mts',
    ]);
  });

  it('takes files as they are named, and those of every package of the repository', () => {
    write('package.json', { private: true });
    write('packages/a/package.json', { bin: './bin.js', main: 'lib' });
    write('packages/b/package.json', { exports: './index.mjs' });
    expect(
      facts('packages/a/bin.js', 'packages/a/lib/index.js', 'packages/b/index.mjs', 'packages/b/src/x.js'),
    ).toEqual([null, 'command packages/a/bin.js', 'package packages/a/lib/index.js', 'package packages/b/index.mjs']);
  });

  it('says nothing where manifests are broken, lead outside, or name what is not there', () => {
    write('package.json', '{"description": 7, "main": ');
    write('a/package.json', { main: '../../etc/passwd', bin: { a: './gone.js' }, exports: { a: { b: [1, null] } } });
    expect(facts('a/b.js', 'c.js')).toEqual([null]);
    expect(facts()).toEqual([null]);
  });
});
