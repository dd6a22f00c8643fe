import type { RelationEdge, Relations } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { oneOperand } from '../operands.ts';
import { completenessLine, describeTrust } from '../output/relations-view.ts';
import { printable, type Terminal } from '../output/terminal.ts';
import { openIndexed } from '../repository.ts';

const MAX_DEPTH = 100;

type Direction = 'callers' | 'callees';

function callsCommand(direction: Direction, texts: Pick<Command, 'summary' | 'description' | 'examples'>): Command {
  return {
    name: direction,
    operands: 'NAME',
    ...texts,
    options: [{ name: 'depth', value: 'N', help: 'how many calls away (default: 1)' }],
    async run(context: CommandContext): Promise<ExitCode> {
      const { args, out, signal } = context;
      const name = oneOperand(args, 'NAME', `codegraphai ${direction} Pool.acquire`);
      const depth = args.integer('depth', 1, 1, MAX_DEPTH);
      await using graph = await openIndexed(context);
      const relations = await graph[direction](name, { depth, signal });
      if (args.flag('json')) out.line(JSON.stringify(relations));
      else printRelations(out, direction, relations);
      return relations.edges.length > 0 ? EXIT.done : EXIT.no;
    },
  };
}

export const callersCommand: Command = callsCommand('callers', {
  summary: 'who calls it',
  description: `Lists the places that call a function, method or procedure, or create objects of a class, and says how much of the answer
is known. Calls of a method that it overrides or implements are listed as well: "through" says which. NAME is a name, a
qualified name, path:name or path:line.`,
  examples: [
    { command: 'codegraphai callers Pool.acquire', explains: 'every known place that calls it' },
    {
      command: 'codegraphai callers src/db/pool.ts:acquire --depth 3',
      explains: 'and who calls those, three calls far',
    },
  ],
});

export const calleesCommand: Command = callsCommand('callees', {
  summary: 'what it calls',
  description: `Lists what a function, method or procedure calls, and says how much of the answer is known. NAME is a name, a qualified
name, path:name or path:line.`,
  examples: [
    { command: 'codegraphai callees OrderService.cancel', explains: 'what it calls itself' },
    { command: 'codegraphai callees OrderService.cancel --depth 2 --json', explains: 'for scripts' },
  ],
});

function printRelations(out: Terminal, direction: Direction, relations: Relations): void {
  const { symbol, edges, completeness } = relations;
  out.line(
    `${direction} of ${out.style('bold', printable(symbol.qualifiedName))} ${out.style('dim', `${printable(symbol.path)}:${symbol.startLine}`)}`,
  );
  for (const edge of edges) printEdge(out, direction, edge);
  if (edges.length === 0) out.line(`  none known`);
  if (relations.truncated) out.line('  … and more: the answer was cut');
  out.line(out.style('dim', completenessLine(completeness)));
}

function printEdge(out: Terminal, direction: Direction, edge: RelationEdge): void {
  const other = direction === 'callers' ? edge.source : edge.target;
  const indent = '  '.repeat(edge.depth);
  const site = `${printable(edge.site.path)}:${edge.site.line}`;
  out.line(
    `${indent}${printable(other.qualifiedName)} ${out.style('dim', `${other.kind} · ${edge.kind} at ${site} · ${describeTrust(edge)}`)}`,
  );
}
