import { existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canMount, runCli, runInMountNamespace, type CliResult } from '../helpers/run-cli.ts';
import { git, temporaryFolder } from '../helpers/temporary-folder.ts';

/** A message and a hint for people, and never where in our code it happened. */
function expectExplained(result: CliResult, status: number, message: RegExp): void {
  expect(result.stderr).not.toMatch(/\n\s+at .+:\d+:\d+/);
  expect(result.stderr).toMatch(message);
  expect(result.stderr).toMatch(/hint: \S/);
  expect(result.status).toBe(status);
}

const SMALL = { 'a.ts': 'export function hello(): void {}\n' };

describe('what is not there or not fit', () => {
  it('names a folder that does not exist, and makes nothing', () => {
    using folder = temporaryFolder();
    const missing = join(folder.path, 'missing');
    expectExplained(
      runCli(['index', missing], { cwd: folder.path }),
      2,
      /missing does not exist \(INDEXING_ROOT_NOT_FOUND\)/,
    );
    expect(existsSync(missing)).toBe(false);
  });

  it('names a file given for a folder', () => {
    using folder = temporaryFolder(SMALL);
    expectExplained(runCli(['index', 'a.ts'], { cwd: folder.path }), 2, /INDEXING_ROOT_NOT_A_FOLDER/);
    expect(existsSync(join(folder.path, '.codegraphai'))).toBe(false);
  });

  it('says how to make an index where there is none', () => {
    using folder = temporaryFolder(SMALL);
    const result = runCli(['search', 'hello'], { cwd: folder.path });
    expectExplained(result, 3, /STORE_NOT_FOUND/);
    expect(result.stderr).toContain('codegraphai index');
  });

  it('indexes a folder that is no repository, and an empty one', () => {
    using folder = temporaryFolder(SMALL);
    mkdirSync(join(folder.path, 'empty'));
    expect(runCli(['index', '--no-embed'], { cwd: folder.path }).status).toBe(0);
    const result = runCli(['index', 'empty', '--no-embed'], { cwd: folder.path });
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('Nothing to search yet');
  });

  it.each([
    [['serch', 'x'], /Did you mean "search"/],
    [['search'], /QUERY is missing/],
    [['search', ''], /QUERY is missing/],
    [['search', 'x', '--limit', 'many'], /--limit takes a whole number/],
    [['search', 'x', '--mode', 'magic'], /--mode is one of hybrid, semantic, keyword/],
    [['search', 'x', '--frobnicate'], /frobnicate/],
    [['index', 'a', 'b'], /index takes one folder/],
    [['model', 'frob'], /no "model frob"/],
  ])('explains the usage error in %j', (args, message) => {
    using folder = temporaryFolder();
    const result = runCli(args, { cwd: folder.path });
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at .+:\d+:\d+/);
  });
});

describe('files that are not code as one hopes', () => {
  it('takes what can be taken, and says what was not', () => {
    using folder = temporaryFolder({
      ...SMALL,
      'huge.py': 'x = 1\n'.repeat(50_000_000 / 6),
      'latin1.py': Uint8Array.from([...Buffer.from('def fun'), 0xe7, 0xe3, ...Buffer.from('o():\n    pass\n')]),
      'nested.js': `var x = ${'['.repeat(5_000)}${']'.repeat(5_000)};\n`,
      'nested.py': `x = ${'('.repeat(5_000)}1${')'.repeat(5_000)}\n`,
      'nested.ts': `const x = ${'{ a: '.repeat(5_000)}1${' }'.repeat(5_000)};\n`,
      'nested.java': `class A { int x = ${'('.repeat(5_000)}1${')'.repeat(5_000)}; }\n`,
      'nested.go': `package a\nvar x = ${'('.repeat(5_000)}1${')'.repeat(5_000)}\n`,
      'nested.sql': `SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)};\n`,
      'unclosed.ts': 'export function open( {\n'.repeat(500),
      'nul.py': Uint8Array.of(0x61, 0x00, 0x62),
      'empty.ts': '',
    });
    symlinkSync('..', join(folder.path, 'loop'));
    symlinkSync('/etc/passwd', join(folder.path, 'outside.py'));
    const result = runCli(['index', '--no-embed', '--json'], { cwd: folder.path });
    expect(result.stderr).not.toMatch(/\n\s+at .+:\d+:\d+/);
    expect(result.status).toBe(0);
    const report = JSON.parse(result.stdout) as {
      files: Record<string, unknown>;
      diagnostics: { code: string; path: string }[];
    };
    const codes = Object.fromEntries(report.diagnostics.map(({ path, code }) => [path, code]));
    expect(codes).toMatchObject({
      'huge.py': 'FILE_TOO_LARGE',
      'latin1.py': 'FILE_NOT_UTF8',
      'unclosed.ts': 'PARSE_SYNTAX_ERROR',
    });
    expect(report.files).toMatchObject({ failed: 0, skippedByReason: { 'too-large': 1, binary: 1, symlink: 2 } });
    expect(runCli(['symbol', 'hello'], { cwd: folder.path }).status).toBe(0);
    expect(runCli(['search', 'função', '--mode', 'keyword'], { cwd: folder.path }).stdout).toContain('latin1.py');
  });

  it('does not let names and code of a repository drive the terminal', () => {
    using folder = temporaryFolder({ 'a\u001B[31mred.py': 'def paint():\n    return "\u001B]0;owned\u0007"\n' });
    runCli(['index', '--no-embed'], { cwd: folder.path });
    const { stdout } = runCli(['search', 'paint', '--mode', 'keyword'], { cwd: folder.path });
    expect(stdout).toContain('paint');
    expect(stdout).not.toContain('\u001B');
    expect(stdout).not.toContain('\u0007');
  });
});

describe('an index that is damaged', () => {
  it.each([
    ['cut in half', (path: string) => truncateSync(path, 20_000)],
    ['random bytes', (path: string) => writeFileSync(path, Buffer.alloc(50_000, 'codegraph'))],
    ['emptied', (path: string) => truncateSync(path, 0)],
  ])('is reported when it was %s, and rebuilt by --full', (_name, damage) => {
    using folder = temporaryFolder(SMALL);
    git(folder.path, 'init', '-q');
    runCli(['index', '--no-embed'], { cwd: folder.path });
    damage(join(folder.path, '.codegraphai/index.db'));
    const result = runCli(['search', 'hello', '--mode', 'keyword'], { cwd: folder.path });
    expectExplained(result, 6, /STORE_DAMAGED/);
    expect(result.stderr).toContain('index --full');
    expect(runCli(['index', '--no-embed', '--full'], { cwd: folder.path }).status).toBe(0);
    expect(runCli(['search', 'hello', '--mode', 'keyword'], { cwd: folder.path }).status).toBe(0);
  });
});

describe.skipIf(!canMount())('disks that refuse', () => {
  it('says that the disk is full, and goes on when there is room again', () => {
    using folder = temporaryFolder();
    const lines = Array.from(
      { length: 400 },
      (_, index) => `export function part${index}(): number { return ${index}; }`,
    );
    for (let file = 0; file < 60; file++) folder.write(`source/file${file}.ts`, `${lines.join('\n')}\n`);
    const result = runInMountNamespace(`
      mkdir ${folder.path}/disk
      mount -t tmpfs -o size=3m tmpfs ${folder.path}/disk
      cp -r ${folder.path}/source ${folder.path}/disk/
      cd ${folder.path}/disk
      "$NODE" "$CLI" index --no-embed && exit 90
      [ $? -eq 6 ] || exit 91
      mount -o remount,size=200m ${folder.path}/disk
      "$NODE" "$CLI" index --no-embed >&2 || exit 92
      "$NODE" "$CLI" symbol part399 >&2 || exit 93
    `);
    expect(result.stderr).toMatch(/STORE_FULL/);
    expect(result.stderr).toMatch(/hint: \S/);
    expect(result.stderr).not.toMatch(/\n\s+at .+:\d+:\d+/);
    expect(result.status).toBe(0);
  });

  it('says that the folder is read-only, and still answers from an index in it', () => {
    using folder = temporaryFolder(SMALL);
    const result = runInMountNamespace(`
      mkdir ${folder.path}/disk
      mount -t tmpfs -o size=20m tmpfs ${folder.path}/disk
      mkdir ${folder.path}/disk/fresh ${folder.path}/disk/indexed
      cp ${folder.path}/a.ts ${folder.path}/disk/fresh
      cp ${folder.path}/a.ts ${folder.path}/disk/indexed
      "$NODE" "$CLI" index --no-embed ${folder.path}/disk/indexed
      mount -o remount,ro ${folder.path}/disk
      cd ${folder.path}/disk/fresh
      "$NODE" "$CLI" index --no-embed && exit 90
      [ $? -eq 6 ] || exit 91
      "$NODE" "$CLI" symbol hello --path ${folder.path}/disk/indexed || exit 92
    `);
    expect(result.stderr).toMatch(/STORE_READ_ONLY/);
    expect(result.stderr).toMatch(/hint: \S/);
    expect(result.stdout).toContain('hello');
    expect(result.status).toBe(0);
  });
});
