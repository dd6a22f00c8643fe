import type { AbortableOptions } from '../../kernel/abort.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { IndexingError } from '../indexing-error.ts';
import { git } from './git.ts';

/** A file that differs from a revision, and where. */
export interface ChangedFile {
  /** Relative to the folder that was asked about, with `/`. */
  readonly path: string;
  readonly status: 'added' | 'modified' | 'renamed' | 'deleted';
  /** Path before a rename. */
  readonly oldPath?: string | undefined;
  /**
   * Lines of the file as it is now, 1-based and inclusive; null for all of them. Where lines were only removed, the range is
   * empty and `last` the line before them.
   */
  readonly ranges: readonly LineRange[] | null;
}

export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Files of a folder that differ from a revision. */
export interface ChangedFiles {
  /** The revision as it was named, and the commit it means. */
  readonly revision: { readonly name: string; readonly commit: string };
  readonly files: readonly ChangedFile[];
}

/** Programs that the configuration of a repository may name for git to run are not run. */
const DIFF = [
  'diff',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--relative',
  '--find-renames',
  '--diff-filter=ACDMRT',
] as const;

/**
 * Compares the files of a folder with a revision: what was committed since, what was not, and what git does not know yet.
 *
 * @param revision - Whatever git takes for a commit: `HEAD`, `main`, `v1.2`, `HEAD~3`.
 * @throws {@link IndexingError} `INDEXING_GIT_MISSING`, `INDEXING_NOT_IN_GIT`, `INDEXING_REVISION_UNKNOWN`,
 * `INDEXING_GIT_FAILED`.
 */
export async function changedFiles(
  root: string,
  revision: string,
  options: AbortableOptions = {},
): Promise<ChangedFiles> {
  const { signal } = options;
  const commit = await resolveCommit(root, revision, signal);
  try {
    const entries = parseNameStatus(await git(root, [...DIFF, '--name-status', '-z', commit, '--'], signal));
    const sections = parseHunks(await git(root, [...DIFF, '--unified=0', commit, '--'], signal));
    const untracked = await git(root, ['ls-files', '-z', '--others', '--exclude-standard'], signal);
    let section = 0;
    const changed = entries.map(({ letter, ...entry }): ChangedFile => {
      const ranges = sections[section++] ?? null;
      // A file that became a link is shown as one removed and one added.
      if (letter === 'T') section++;
      return { ...entry, ranges: entry.status === 'modified' || entry.status === 'renamed' ? ranges : null };
    });
    const added = untracked.split('\0').filter((path) => path !== '');
    return {
      revision: { name: revision, commit },
      files: [...changed, ...added.map((path): ChangedFile => ({ path, status: 'added', ranges: null }))],
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new IndexingError(`git could not compare ${root} with ${revision}: ${firstLine(cause)}`, {
      code: 'INDEXING_GIT_FAILED',
      hint: 'Run `git status` in the repository to see what git finds wrong.',
      details: { root },
      cause,
    });
  }
}

async function resolveCommit(root: string, revision: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    await git(root, ['rev-parse', '--is-inside-work-tree'], signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (systemErrorCode(cause) === 'ENOENT') {
      throw new IndexingError('git is not installed', {
        code: 'INDEXING_GIT_MISSING',
        hint: 'Install git: changes are compared with its help.',
        cause,
      });
    }
    throw new IndexingError(`${root} is not in a git repository: ${firstLine(cause)}`, {
      code: 'INDEXING_NOT_IN_GIT',
      hint: 'Run it in a git repository, or name one with --path.',
      details: { root },
      cause,
    });
  }
  try {
    const name = `${revision}^{commit}`;
    return (await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', name], signal)).trim();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new IndexingError(`git knows no revision "${revision}"`, {
      code: 'INDEXING_REVISION_UNKNOWN',
      hint: await revisionHint(root, signal),
      details: { revision },
      cause,
    });
  }
}

/** What helps where a revision is unknown: it may not be fetched, or nothing may be committed. */
async function revisionHint(root: string, signal: AbortSignal | undefined): Promise<string> {
  const ask = async (...args: string[]): Promise<string> => {
    try {
      return (await git(root, ['rev-parse', ...args], signal)).trim();
    } catch {
      signal?.throwIfAborted();
      return '';
    }
  };
  if ((await ask('--verify', '--quiet', 'HEAD')) === '') return 'Commit once: there is nothing to compare with yet.';
  return (await ask('--is-shallow-repository')) === 'true'
    ? 'Fetch it with `git fetch --unshallow`: this clone does not have the whole history.'
    : 'Name a commit, a branch or a tag that `git log` shows.';
}

/** Reads `git diff --name-status -z`: `M\0path\0`, and for renames and copies `R100\0old\0new\0`. */
function parseNameStatus(
  output: string,
): { letter: string; path: string; status: ChangedFile['status']; oldPath?: string }[] {
  const fields = output.split('\0');
  const entries = [];
  for (let at = 0; at + 1 < fields.length;) {
    const letter = fields[at++]?.[0] ?? '';
    const path = fields[at++] ?? '';
    switch (letter) {
      case 'A':
        entries.push({ letter, path, status: 'added' as const });
        break;
      case 'D':
        entries.push({ letter, path, status: 'deleted' as const });
        break;
      case 'R':
        entries.push({ letter, path: fields[at++] ?? '', status: 'renamed' as const, oldPath: path });
        break;
      case 'C':
        entries.push({ letter, path: fields[at++] ?? '', status: 'added' as const });
        break;
      default:
        entries.push({ letter, path, status: 'modified' as const });
    }
  }
  return entries;
}

/**
 * Reads the hunks of `git diff --unified=0`, file by file in the order of `--name-status`: paths are quoted there, and
 * lines of a file always begin with `+`, `-` or `\`.
 */
function parseHunks(output: string): LineRange[][] {
  const sections: LineRange[][] = [];
  for (const [line] of output.matchAll(/^(?:diff --git |@@ ).*$/gm)) {
    if (line.startsWith('diff')) {
      sections.push([]);
      continue;
    }
    const [, start = '0', count = '1'] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    const first = Number(start) + (count === '0' ? 1 : 0);
    sections.at(-1)?.push({ first, last: first + Number(count) - 1 });
  }
  return sections;
}

function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr) : errorMessage(thrown);
  return text.trim().split('\n')[0] ?? '';
}
