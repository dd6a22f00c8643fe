import { resolve } from 'node:path';
import { CodeGraph, type IndexComparison } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount, plural } from '../output/format.ts';
import { IndexProgressView } from '../output/index-progress.ts';
import { printable } from '../output/terminal.ts';
import { repositoryRoot } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

/** Characters of a difference that are shown; `--json` has all of them. */
const MAX_SHOWN = 300;

/** What is counted, in the order of the summary. */
const COUNTED: readonly (readonly [kind: string, name: string])[] = [
  ['file', 'file'],
  ['symbol', 'symbol'],
  ['edge', 'edge'],
  ['unresolved', 'unresolved reference'],
  ['chunk', 'chunk'],
];

export const verifyCommand: Command = {
  name: 'verify',
  operands: '[DIR]',
  summary: 'compare the stored index with a fresh one',
  description: `Builds a second index of the same files in a temporary place, without vectors, and compares both: files, symbols, edges,
references that led nowhere, chunks. Exits with 1 and names the first differences when they are not equal, as after
changes that were not indexed yet. Changes nothing.`,
  options: [
    { name: 'limit', value: 'N', help: 'differences to name, of each side (default: 10)' },
    { name: 'quiet', short: 'q', help: 'no progress' },
  ],
  examples: [
    { command: 'codegraphai verify', explains: 'is the index what a new one would be?' },
    { command: 'codegraphai verify --json', explains: 'the same, with every named difference whole' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, err, logger, signal } = context;
    await using graph = await CodeGraph.open({ root: targetFolder(context), logger });
    const view = new IndexProgressView(err);
    const quiet = args.flag('quiet');
    let comparison: IndexComparison;
    try {
      comparison = await graph.verify({
        limit: args.integer('limit', 10, 1, 100_000),
        signal,
        onProgress: quiet ? undefined : (progress) => view.show(progress),
      });
    } finally {
      view.finish();
    }
    if (args.flag('json')) out.line(JSON.stringify(comparison));
    else printComparison(context, comparison);
    return comparison.equal ? EXIT.done : EXIT.no;
  },
};

function targetFolder(context: CommandContext): string {
  const [folder, ...more] = context.args.positionals;
  if (more.length > 0) {
    throw new UsageError(`verify takes one folder, not ${context.args.positionals.length}`, {
      code: 'USAGE_TOO_MANY_ARGUMENTS',
      hint: 'Verify them one after the other.',
    });
  }
  return folder === undefined ? repositoryRoot(context) : resolve(context.workingDirectory, folder);
}

function printComparison({ out }: CommandContext, { equal, compared, differing, differences }: IndexComparison): void {
  const counts = COUNTED.map(([kind, name]) => plural(compared[kind] ?? 0, name)).join(', ');
  if (equal) {
    out.line(`The stored index equals a fresh one: ${counts}.`);
    return;
  }
  out.line(`The stored index differs from a fresh one in ${formatCount(differing)} of ${counts}:`);
  for (const { only, line } of differences) {
    const shown = line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
    out.line(
      `  ${only === 'stored' ? out.style('red', '- only stored') : out.style('green', '+ only fresh ')} ${printable(shown)}`,
    );
  }
  out.line('Run `codegraphai index` if files have changed since; `codegraphai index --full` builds the index anew.');
}
