import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../fuzz/random.ts';
import type { TemporaryFolder } from './temporary-folder.ts';

/** Files of a repository that is being edited, as they are on disk. */
export type Tree = Map<string, string>;

const IGNORE_FILE = '.codegraphignore';
const DEFINITION = /^(?:export\s+)?(?:async\s+)?(?:function|class|interface|const|def|type)\s+([A-Za-z_]\w*)/gmu;

/** A repository whose every edit is decided by a seed. */
export class EditedRepository {
  readonly folder: TemporaryFolder;
  readonly #random: Random;
  readonly #tree: Tree;
  readonly #original: ReadonlyMap<string, string>;
  #counter = 0;

  constructor(folder: TemporaryFolder, files: ReadonlyMap<string, string>, random: Random) {
    this.folder = folder;
    this.#random = random;
    this.#original = files;
    this.#tree = new Map();
    for (const [path, text] of files) this.#write(path, text);
  }

  /** Does one edit; returns what, for messages. */
  edit(): string {
    const edits: readonly (readonly [weight: number, edit: () => string])[] = [
      [6, () => this.#editBody()],
      [5, () => this.#renameSymbol()],
      [5, () => this.#addSymbol()],
      [4, () => this.#deleteSymbol()],
      [4, () => this.#editImport()],
      [2, () => this.#shiftLines()],
      [2, () => this.#deleteLine()],
      [2, () => this.#moveFile()],
      [2, () => this.#deleteFile()],
      [2, () => this.#copyFile()],
      [1, () => this.#changeCase()],
      [1, () => this.#ignoreFile()],
      [1, () => this.#editManifest()],
      [1, () => this.#switchBranch()],
    ];
    let at = this.#random.below(edits.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, edit] of edits) {
      if (at < weight) return edit();
      at -= weight;
    }
    return 'nothing';
  }

  #editBody(): string {
    return this.#editLines('body', (lines) => {
      const at = this.#random.below(lines.length);
      const indent = /^\s*/u.exec(lines[at] ?? '')?.[0] ?? '';
      const call = `${this.#anyName()}()`;
      lines.splice(at, 0, `${indent}${this.#random.chance(0.3) ? `result${this.#next()} = ` : ''}${call}`);
    });
  }

  #renameSymbol(): string {
    const path = this.#anySource();
    const name = this.#nameIn(path);
    if (name === undefined) return 'nothing to rename';
    // Sometimes to a name that is there already: what was unique is so no more.
    const to = this.#random.chance(0.4) ? this.#anyName() : `${name}${this.#next()}`;
    const everywhere = this.#random.chance(0.3);
    const word = new RegExp(`\\b${name}\\b`, 'gu');
    for (const [other, text] of new Map(this.#tree)) {
      if ((everywhere || other === path) && isSource(other)) this.#write(other, text.replace(word, to));
    }
    return `rename ${name} to ${to} in ${everywhere ? 'all files' : path}`;
  }

  #addSymbol(): string {
    const path = this.#anySource();
    const name = this.#random.chance(0.5) ? this.#anyName() : `added${this.#next()}`;
    const called = this.#anyName();
    const code = path.endsWith('.py')
      ? this.#random.pick([
          `\ndef ${name}(value: ${called}):\n    return value.${called}()\n`,
          `\nclass ${name}(${called}):\n    def ${called}(self):\n        return self.${this.#anyName()}()\n`,
        ])
      : this.#random.pick([
          `\nexport function ${name}(value: ${called}) {\n  return value.${called}()\n}\n`,
          `\nexport class ${name} extends ${called} {\n  ${called}() {\n    return ${this.#anyName()}(this)\n  }\n}\n`,
          `\nexport const ${name} = ${called}()\n`,
        ]);
    this.#write(path, `${this.#tree.get(path) ?? ''}${code}`);
    return `add ${name} to ${path}`;
  }

  #deleteSymbol(): string {
    const path = this.#anySource();
    const text = this.#tree.get(path) ?? '';
    const found = [...text.matchAll(DEFINITION)];
    if (found.length === 0) return 'nothing to delete';
    const at = this.#random.below(found.length);
    const start = found[at]?.index ?? 0;
    const end = found[at + 1]?.index ?? text.length;
    this.#write(path, text.slice(0, start) + text.slice(end));
    return `delete ${found[at]?.[1]} of ${path}`;
  }

  #editImport(): string {
    const path = this.#anySource();
    const text = this.#tree.get(path) ?? '';
    const kind = this.#random.below(3);
    if (kind === 0) {
      this.#write(path, text.replace(/^(?:import|from|export \*).*$/mu, ''));
      return `drop an import of ${path}`;
    }
    const other = this.#anySource();
    const name = this.#nameIn(other) ?? 'missing';
    const isWildcard = kind === 2;
    const line = path.endsWith('.py')
      ? `from ${'.'.repeat(path.split('/').length - 1)}${pythonModule(other)} import ${isWildcard ? '*' : name}`
      : isWildcard
        ? `export * from "${relativePath(path, other)}"`
        : `import {${name}} from "${relativePath(path, other)}"`;
    this.#write(path, `${line}\n${text}`);
    return `${line} in ${path}`;
  }

  #shiftLines(): string {
    const path = this.#anySource();
    const comment = path.endsWith('.py') ? '#' : '//';
    this.#write(path, `${comment} ${this.#next()}\n${this.#tree.get(path) ?? ''}`);
    return `shift the lines of ${path}`;
  }

  #deleteLine(): string {
    return this.#editLines('drop a line', (lines) => lines.splice(this.#random.below(lines.length), 1));
  }

  #moveFile(): string {
    const path = this.#anySource();
    const folder = this.#random.pick(['', 'moved/', `${path.split('/')[0]}/`]);
    const to = `${folder}${this.#random.chance(0.5) ? '' : `m${this.#next()}`}${path.split('/').at(-1)}`;
    if (this.#tree.has(to)) return 'nothing to move';
    const text = this.#tree.get(path) ?? '';
    this.#remove(path);
    this.#write(to, text);
    return `move ${path} to ${to}`;
  }

  #deleteFile(): string {
    const path = this.#anySource();
    if (this.#sources().length < 4) return 'nothing to delete';
    this.#remove(path);
    return `delete ${path}`;
  }

  #copyFile(): string {
    const path = this.#anySource();
    const to = path.replace(/(\.\w+)$/u, `${this.#next()}$1`);
    this.#write(to, this.#tree.get(path) ?? '');
    return `copy ${path} to ${to}`;
  }

  #changeCase(): string {
    const path = this.#anySource();
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const changed = name.startsWith(name[0]?.toUpperCase() ?? '')
      ? name.toLowerCase()
      : `${name[0]?.toUpperCase()}${name.slice(1)}`;
    const to = [...parts, changed].join('/');
    if (to === path || this.#tree.has(to)) return 'nothing to change the case of';
    renameSync(join(this.folder.path, path), join(this.folder.path, to));
    this.#tree.set(to, this.#tree.get(path) ?? '');
    this.#tree.delete(path);
    return `rename ${path} to ${to}`;
  }

  #ignoreFile(): string {
    if (this.#tree.has(IGNORE_FILE)) {
      this.#remove(IGNORE_FILE);
      return 'ignore nothing';
    }
    const path = this.#anySource();
    this.#write(IGNORE_FILE, `/${path}\n`);
    return `ignore ${path}`;
  }

  #editManifest(): string {
    const target = this.#anySource().replace(/\.\w+$/u, '');
    const paths = { [`alias${this.#random.below(3)}`]: [`./${target}`], './*': [`./${target.split('/')[0]}/*`] };
    this.#write('tsconfig.json', JSON.stringify({ compilerOptions: { baseUrl: '.', paths } }));
    const path = this.#sources().find((source) => source.endsWith('.ts'));
    if (path !== undefined) {
      this.#write(
        path,
        `import {${this.#anyName()}} from "alias${this.#random.below(3)}"\n${this.#tree.get(path) ?? ''}`,
      );
    }
    return `map an alias to ${target}`;
  }

  /** Most files change at once: back to what they were, or each a little. */
  #switchBranch(): string {
    if (this.#random.chance(0.5)) {
      for (const path of new Set(this.#tree.keys())) if (!this.#original.has(path)) this.#remove(path);
      for (const [path, text] of this.#original) this.#write(path, text);
      return 'switch to the original';
    }
    for (const path of this.#sources()) {
      if (this.#random.chance(0.4))
        this.#write(path, `${this.#tree.get(path) ?? ''}\n${path.endsWith('.py') ? '#' : '//'}\n`);
      else if (this.#random.chance(0.1) && this.#sources().length > 4) this.#remove(path);
    }
    return 'switch to a branch with many changes';
  }

  #editLines(what: string, edit: (lines: string[]) => void): string {
    const path = this.#anySource();
    const lines = (this.#tree.get(path) ?? '').split('\n');
    edit(lines);
    this.#write(path, lines.join('\n'));
    return `${what} in ${path}`;
  }

  #sources(): string[] {
    return [...this.#tree.keys()].filter(isSource).sort();
  }

  #anySource(): string {
    return this.#random.pick(this.#sources());
  }

  #nameIn(path: string): string | undefined {
    const names = [...(this.#tree.get(path) ?? '').matchAll(DEFINITION)].map((match) => match[1] ?? '');
    return names.length === 0 ? undefined : this.#random.pick(names);
  }

  #anyName(): string {
    return this.#nameIn(this.#anySource()) ?? 'nothing';
  }

  #next(): number {
    return ++this.#counter;
  }

  #write(path: string, text: string): void {
    if (this.#tree.get(path) === text) return;
    this.#tree.set(path, text);
    this.folder.write(path, text);
  }

  #remove(path: string): void {
    this.#tree.delete(path);
    rmSync(join(this.folder.path, path), { force: true });
  }
}

const isSource = (path: string): boolean => /\.(?:ts|py)$/u.test(path);

const pythonModule = (path: string): string => path.replace(/(?:\/__init__)?\.py$/u, '').replaceAll('/', '.');

function relativePath(from: string, to: string): string {
  const up = '../'.repeat(from.split('/').length - 1);
  return `${up === '' ? './' : up}${to.replace(/\.\w+$/u, '')}`;
}
