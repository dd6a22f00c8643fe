import type { AffectedCounts, ImpactResult } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { oneOperand } from '../operands.ts';
import { plural } from '../output/format.ts';
import { completenessLine, placeOf, printAffected } from '../output/relations-view.ts';
import { printable, type Terminal } from '../output/terminal.ts';
import { openIndexed } from '../repository.ts';

const MAX_DEPTH = 1_000;
const MAX_LISTED = 1_000_000;
const DEFAULT_LISTED = 1_000;

export const impactCommand: Command = {
  name: 'impact',
  operands: 'NAME',
  summary: 'what can break when it changes, tests listed apart',
  description: `Follows calls, creations, references, base types, and readers and writers of tables backwards from NAME, however far, and
lists what it reaches by distance. A method is reached as well through the method that it overrides or implements. Tests
are listed apart: those are the ones to run. NAME is a name, a qualified name, path:name, path:line, or the path of a file
(then whoever imports the file counts too).`,
  options: [
    { name: 'depth', value: 'N', help: 'how many uses away (default: no limit)' },
    { name: 'limit', value: 'N', help: `most edges to list, the nearest first (default: ${DEFAULT_LISTED})` },
  ],
  examples: [
    { command: 'codegraphai impact OrderService.cancel', explains: 'everything that may notice a change' },
    { command: 'codegraphai impact src/db/pool.ts --depth 2', explains: 'of a file, two steps far' },
    { command: 'codegraphai impact billing.close_month --json', explains: 'of a stored procedure, for scripts' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, signal } = context;
    const name = oneOperand(args, 'NAME', 'codegraphai impact Pool.acquire');
    const depth = args.text('depth') === undefined ? undefined : args.integer('depth', 1, 1, MAX_DEPTH);
    const maxEdges = args.integer('limit', DEFAULT_LISTED, 1, MAX_LISTED);
    await using graph = await openIndexed(context);
    const impact = await graph.impact(name, { depth, maxEdges, signal });
    if (args.flag('json')) out.line(JSON.stringify(impact));
    else {
      const { symbol } = impact;
      out.line(`impact of ${out.style('bold', printable(symbol.qualifiedName))} ${out.style('dim', placeOf(symbol))}`);
      printImpact(out, impact);
    }
    return impact.edges.length + impact.tests.length > 0 ? EXIT.done : EXIT.no;
  },
};

/** The lists of an impact, and how much of it is known. */
export function printImpact(out: Terminal, impact: ImpactResult): void {
  const { edges, tests, affected, completeness, truncated } = impact;
  printAffected(out, edges);
  if (edges.length === 0) out.line('  nothing known');
  if (tests.length > 0) {
    out.line(out.style('bold', 'tests'));
    printAffected(out, tests);
  }
  if (truncated) out.line('  … and more: --limit lists them');
  out.line(out.style('bold', affectedLine(affected)));
  out.line(out.style('dim', completenessLine(completeness)));
}

function affectedLine({ symbols, files, tests }: AffectedCounts): string {
  return `may break: ${plural(symbols, 'symbol')} in ${plural(files, 'file')}; tests: ${plural(tests, 'symbol')}`;
}
