import { execFileSync } from 'node:child_process';

/** A definition as an oracle names it. */
export interface OracleDefinition {
  readonly path: string;
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly kind: string;
}

/** Fields of `ctags --output-format=json` that are read here. */
interface Tag {
  readonly _type: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly kind: string;
}

/** Version line of the installed Universal Ctags. */
export function ctagsVersion(): string {
  return execFileSync('ctags', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
}

/**
 * Definitions Universal Ctags finds.
 *
 * @param language - As `ctags --list-languages` calls it.
 * @param kinds - Kinds that count, as ctags calls them.
 */
export function ctagsDefinitions(
  root: string,
  paths: readonly string[],
  language: string,
  kinds: readonly string[],
): OracleDefinition[] {
  const output = execFileSync(
    'ctags',
    ['--output-format=json', '--fields=+nK', `--language-force=${language}`, '-f', '-', '-L', '-'],
    { cwd: root, input: paths.join('\n'), encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Tag) // Written by ctags a moment ago.
    .filter(({ _type, kind }) => _type === 'tag' && kinds.includes(kind))
    .map(({ path, name, line, kind }) => ({ path, name: bareName(name, language), line, kind }));
}

/** Ctags writes some names with their scope, quotes, spaces or arity: `db.Pool:open`, `"print.pool"`, `operator ()`. */
function bareName(name: string, language: string): string {
  switch (language) {
    case 'Lua':
      return /^[\w.:]+$/u.test(name) ? (name.split(/[.:]/u).at(-1) ?? name) : name;
    case 'R':
      return name.replace(/^(["'`])(.*)\1$/u, '$2');
    case 'C++':
      return name.replace(/^operator\s+(?=\W)/u, 'operator');
    case 'Elixir':
      return name.replace(/\/\d+$/u, '');
    default:
      return name;
  }
}
