/** Checks what would be published: its content, its entry points, and that it works when installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runStep } from './run-step.ts';

/** Asked of two files, one of which sends mail. */
const QUESTION = 'por onde saem as mensagens de correio eletrônico?';

/** What a user needs, and nothing else. */
const ALLOWED = [
  /^package\.json$/,
  /^(README|LICENSE|CHANGELOG|SECURITY)(\.md)?$/,
  /^docs\/(pt-BR\/)?(faults|frameworks|graph|troubleshooting)\.md$/,
  /^dist\/.+\.(js|d\.ts|wasm|scm|json)$/,
  /^models\/codegraphai\/multilingual-e5-small-int8\/.+$/,
];
const REQUIRED = ['dist/index.js', 'dist/index.d.ts', 'dist/models.js', 'dist/cli/bin.js', 'README.md', 'LICENSE'];

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

function isPackReport(
  value: unknown,
): value is { filename: string; size: number; unpackedSize: number; files: PackedFile[] } {
  return (
    typeof value === 'object' && value !== null && 'filename' in value && 'files' in value && Array.isArray(value.files)
  );
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function mustRun(program: string, args: readonly string[]): void {
  const status = runStep(program, args);
  if (status !== 0) fail(`${program} ${args.join(' ')} exited with ${status}`);
}

/** Makes the tarball from the `dist` that the build made; the prepack script would build once more. */
function pack(folder: string): { tarball: string } {
  const text = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const parsed: unknown = JSON.parse(text);
  const report: unknown = Array.isArray(parsed) ? parsed[0] : Object.values(parsed ?? {})[0];
  if (!isPackReport(report)) fail('npm pack printed no report');
  const paths = report.files.map(({ path }) => path);
  const unexpected = paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
  const missing = REQUIRED.filter((path) => !paths.includes(path));
  if (unexpected.length > 0) fail(`not meant to be published: ${unexpected.join(', ')}`);
  if (missing.length > 0) fail(`missing from the package: ${missing.join(', ')}`);
  process.stdout.write(
    `${paths.length} files, ${(report.size / 1e6).toFixed(1)} MB packed, ${(report.unpackedSize / 1e6).toFixed(1)} MB unpacked\n`,
  );
  return { tarball: join(folder, report.filename) };
}

/** Installs the tarball into an empty folder and asks it a question there. */
function tryInstalled(tarball: string, folder: string): void {
  const node = join(ROOT, 'node_modules', '.bin', 'node');
  const npm = (args: readonly string[]): void => {
    execFileSync('npm', [...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  writeFileSync(join(folder, 'package.json'), '{ "name": "try", "private": true, "type": "module" }\n');
  writeFileSync(
    join(folder, 'pool.js'),
    '/** Opens a connection to the database. */\nexport function openConnection(url) {\n  return connect(url);\n}\n',
  );
  writeFileSync(
    join(folder, 'mail.js'),
    '/** Sends an e-mail. */\nexport function sendMail(to) {\n  return deliver(to);\n}\n',
  );
  npm(['install', '--no-audit', '--no-fund', '--save', tarball]);
  const bin = join(folder, 'node_modules', 'codegraphai', 'dist', 'cli', 'bin.js');
  execFileSync(node, [bin, 'index', '--quiet'], { cwd: folder, stdio: 'inherit' });
  const answer = execFileSync(node, [bin, 'search', QUESTION, '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (!/"path":\s*"mail\.js"/.test(answer.slice(0, answer.indexOf('pool.js') + 1 || undefined)))
    fail(`the installed package answered: ${answer}`);
  process.stdout.write('installed from the tarball: index and search work\n');
}

const scratch = mkdtempSync(join(tmpdir(), 'codegraphai-package-'));
try {
  const { tarball } = pack(scratch);
  mustRun('publint', ['run', tarball, '--strict']);
  mustRun('attw', [tarball, '--profile', 'esm-only']);
  tryInstalled(tarball, scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
