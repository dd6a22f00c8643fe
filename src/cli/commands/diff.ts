import type { Diff } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { optionalOperand } from '../operands.ts';
import { plural } from '../output/format.ts';
import { printable, type Terminal } from '../output/terminal.ts';
import { openIndexed } from '../repository.ts';
import { printImpact } from './impact.ts';

const MAX_DEPTH = 1_000;
const MAX_LISTED = 1_000_000;
const DEFAULT_LISTED = 1_000;
const SHORT_COMMIT_LENGTH = 10;
/** Files that a warning names. */
const NAMED_FILES = 5;

export const diffCommand: Command = {
  name: 'diff',
  operands: '[REV]',
  summary: 'symbols changed since a revision, and what they can break',
  description: `Compares the files as they are now with REV (default: HEAD), finds the symbols on changed lines and what may break by them. Run
"codegraphai index" before: places come from the index. REV is whatever git takes: a commit, a branch, a tag, HEAD~3.
Exits with 1 where nothing changed.`,
  options: [
    { name: 'depth', value: 'N', help: 'how many uses away (default: no limit)' },
    { name: 'limit', value: 'N', help: `most edges to list, the nearest first (default: ${DEFAULT_LISTED})` },
  ],
  examples: [
    { command: 'codegraphai diff', explains: 'of what is not committed yet' },
    { command: 'codegraphai diff main --json', explains: 'of a branch, for a script that chooses the tests to run' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, logger, signal } = context;
    const revision = optionalOperand(args, 'REV', 'codegraphai diff main');
    const depth = args.text('depth') === undefined ? undefined : args.integer('depth', 1, 1, MAX_DEPTH);
    const maxEdges = args.integer('limit', DEFAULT_LISTED, 1, MAX_LISTED);
    await using graph = await openIndexed(context);
    const diff = await graph.diff(revision, { depth, maxEdges, signal });
    if (diff.stale.length > 0) {
      const named = diff.stale.slice(0, NAMED_FILES).join(', ');
      const more = diff.stale.length > NAMED_FILES ? ', …' : '';
      logger.warn(`not as they were indexed, run codegraphai index again: ${named}${more}`);
    }
    if (args.flag('json')) out.line(JSON.stringify(diff));
    else printDiff(out, diff);
    return diff.files.length > 0 ? EXIT.done : EXIT.no;
  },
};

function printDiff(out: Terminal, { revision, files, symbols, outside, impact }: Diff): void {
  const commit = revision.commit.slice(0, SHORT_COMMIT_LENGTH);
  out.line(
    `since ${out.style('bold', printable(revision.name))} ${out.style('dim', commit)}: ${plural(files.length, 'file')}, ${plural(symbols.length, 'symbol')}`,
  );
  for (const { symbol, status } of symbols) {
    const place = `${symbol.kind} · ${status} · ${printable(symbol.path)}:${symbol.startLine}`;
    out.line(`  ${printable(symbol.qualifiedName)} ${out.style('dim', place)}`);
  }
  for (const file of outside) {
    out.line(`  ${printable(file.qualifiedName)} ${out.style('dim', 'file · lines outside of symbols')}`);
  }
  for (const { path, status, oldPath } of files) {
    if (status === 'deleted') out.line(`  ${printable(path)} ${out.style('dim', 'file · deleted')}`);
    if (oldPath !== undefined) out.line(`  ${printable(path)} ${out.style('dim', `file · was ${printable(oldPath)}`)}`);
  }
  if (symbols.length === 0) return;
  out.line(out.style('bold', 'impact'));
  printImpact(out, impact);
}
