import { EDGE_KINDS, type RelationEdge, type SymbolPath } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { twoOperands } from '../operands.ts';
import { plural } from '../output/format.ts';
import { completenessLine, describeTrust, placeOf } from '../output/relations-view.ts';
import { printable, type Terminal } from '../output/terminal.ts';
import { openIndexed } from '../repository.ts';

export const pathCommand: Command = {
  name: 'path',
  operands: 'FROM TO',
  summary: 'the shortest chain of calls from one to the other',
  description: `Finds the fewest steps from FROM to TO and shows the place of each. Calls are tried first; where they lead nowhere, any use and
import. A class stands for everything in it. A call of a method may run one that overrides it: such a step says "may run".
FROM and TO are names, qualified names, path:name, path:line, or paths of files.`,
  options: [
    {
      name: 'edges',
      value: 'KIND',
      help: `follow only edges of this kind: ${EDGE_KINDS.join(', ')} (repeat or separate with commas)`,
      multiple: true,
    },
  ],
  examples: [
    { command: 'codegraphai path cancelOrder Pool.acquire', explains: 'how the one comes to run the other' },
    {
      command: 'codegraphai path src/app.ts src/db/pool.ts --edges imports',
      explains: 'why a file depends on another',
    },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, signal } = context;
    const [from, to] = twoOperands(args, ['FROM', 'TO'], 'codegraphai path cancelOrder Pool.acquire');
    const kinds = args.choices('edges', EDGE_KINDS);
    await using graph = await openIndexed(context);
    const path = await graph.path(from, to, { kinds: kinds.length > 0 ? kinds : undefined, signal });
    if (args.flag('json')) out.line(JSON.stringify(path));
    else printPath(out, path);
    return path.found ? EXIT.done : EXIT.no;
  },
};

function printPath(out: Terminal, { from, to, found, edges, completeness }: SymbolPath): void {
  const name = (node: SymbolPath['from']): string =>
    `${out.style('bold', printable(node.qualifiedName))} ${out.style('dim', placeOf(node))}`;
  out.line(`from ${name(from)}`);
  for (const edge of edges) printStep(out, edge);
  if (found) {
    out.line(`to ${name(to)}`);
    out.line(out.style('dim', plural(edges.length, 'step')));
    return;
  }
  out.line('  no path known');
  out.line(`to ${name(to)}`);
  out.line(out.style('dim', completenessLine(completeness)));
}

function printStep(out: Terminal, edge: RelationEdge): void {
  const { kind, source, target, site, dispatch } = edge;
  const place = `${printable(site.path)}:${site.line}`;
  const [start, verb, end] = dispatch === true ? [target, 'may run', source] : [source, kind, target];
  out.line(
    `  ${printable(start.qualifiedName)} ${out.style('cyan', verb)} ${printable(end.qualifiedName)} ${out.style('dim', `at ${place} · ${describeTrust(edge)}`)}`,
  );
}
