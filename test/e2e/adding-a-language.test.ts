import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

let folder = '';

/** The sources of this package, every file a link; a folder in `real` is a folder of links itself. */
function linkSources(from: string, to: string, real: readonly string[]): void {
  mkdirSync(to);
  for (const entry of readdirSync(from)) {
    const [first, ...rest] = real;
    if (entry === first) linkSources(join(from, entry), join(to, entry), rest);
    else symlinkSync(join(from, entry), join(to, entry));
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'codegraphai-new-language-'));
  for (const entry of ['package.json', 'node_modules', 'models']) symlinkSync(join(ROOT, entry), join(folder, entry));
  linkSources(join(ROOT, 'src'), join(folder, 'src'), ['parsing', 'languages']);
  // The new language: Lua under another name, for files that nothing else claims.
  const language = join(folder, 'src/parsing/languages/moonlike');
  cpSync(join(ROOT, 'src/parsing/languages/lua'), language, { recursive: true });
  const path = join(language, 'language.json');
  // Its own folder's file, with the fields the descriptor has.
  const descriptor = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const renamed = { id: 'moonlike', name: 'Moonlike', extensions: ['.moonlike'], filenames: [], shebangs: [] };
  writeFileSync(path, JSON.stringify({ ...descriptor, ...renamed }));
  mkdirSync(join(folder, 'repository'));
  writeFileSync(
    join(folder, 'repository/tide.moonlike'),
    'local function ebb() end\nlocal function flow()\n  ebb()\nend\n',
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function codegraphai(...args: string[]): Promise<string> {
  // Links stay links, so that modules find what lies beside them in the copy.
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main', '--disable-warning=ExperimentalWarning'];
  const { stdout } = await run(process.execPath, [...flags, join(folder, 'src/cli/bin.ts'), ...args], {
    cwd: join(folder, 'repository'),
  });
  return stdout;
}

it('takes a folder of its own and nothing else', { timeout: 60_000 }, async () => {
  await codegraphai('index', '--no-embed', '--quiet');
  const answer: unknown = JSON.parse(await codegraphai('callers', 'ebb', '--json'));
  expect(answer).toMatchObject({
    symbol: { language: 'moonlike', qualifiedName: 'ebb' },
    edges: [{ source: { qualifiedName: 'flow' }, tier: 'lexical', site: { path: 'tide.moonlike', line: 3 } }],
  });
});
