import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EDGE_KINDS, EXPORT_FORMATS, SYMBOL_KINDS, type GraphExport } from '../../code-graph.ts';
import { errorMessage } from '../../kernel/errors.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../output/format.ts';
import { openIndexed } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

export const exportCommand: Command = {
  name: 'export',
  operands: '',
  summary: 'write the graph as JSON, Mermaid, GraphML or SCIP',
  description: `Writes the graph to standard output, or with --out to a file. json is for programs of your own, mermaid is drawn by
Markdown on GitHub and elsewhere (narrow it first), graphml is read by Gephi, yEd, igraph and NetworkX, scip by Sourcegraph
and other code browsers. Without --kinds, files, folders and outside packages are in it too.`,
  options: [
    { name: 'format', value: 'F', help: `${EXPORT_FORMATS.join(', ')} (default: json)` },
    {
      name: 'edges',
      value: 'KIND',
      help: `only edges of this kind: ${EDGE_KINDS.join(', ')} (repeat or separate with commas)`,
      multiple: true,
    },
    {
      name: 'kinds',
      value: 'KIND',
      help: `only symbols of this kind: ${SYMBOL_KINDS.join(', ')} (repeat or separate with commas)`,
      multiple: true,
    },
    { name: 'out', value: 'FILE', help: 'write to this file and not to standard output' },
  ],
  examples: [
    { command: 'codegraphai export --out graph.json', explains: 'everything' },
    {
      command: 'codegraphai export --format mermaid --kinds class,interface --edges extends,implements',
      explains: 'a diagram of types',
    },
    { command: 'codegraphai export --format graphml --edges calls --out calls.graphml', explains: 'for Gephi' },
    { command: 'codegraphai export --format scip --out index.scip', explains: 'for tools that read SCIP' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, err, logger, signal, workingDirectory } = context;
    const format = args.choice('format', EXPORT_FORMATS, 'json');
    const file = args.text('out');
    const json = args.flag('json');
    assertNoOperands(args.positionals);
    if (json && file === undefined && format !== 'json') {
      throw new UsageError(`--json promises one JSON document, and --format ${format} is none`, {
        code: 'USAGE_BAD_VALUE',
        hint: 'Leave --json out, or write the graph to a file with --out.',
      });
    }
    const [edges, kinds] = [args.choices('edges', EDGE_KINDS), args.choices('kinds', SYMBOL_KINDS)];
    await using graph = await openIndexed(context);
    const exported = await graph.export(format, {
      edges: edges.length > 0 ? edges : undefined,
      kinds: kinds.length > 0 ? kinds : undefined,
    });
    if (file === undefined) {
      for await (const piece of exported.content) {
        signal.throwIfAborted();
        out.write(piece);
      }
    } else {
      await writeFile(resolve(workingDirectory, file), exported, signal);
      const { nodes, edges: edgeCount } = exported;
      if (json) out.line(JSON.stringify({ format, file, nodes, edges: edgeCount }));
      else err.line(`wrote ${plural(nodes, 'node')} and ${plural(edgeCount, 'edge')} to ${file}`);
    }
    if (exported.notice !== undefined) logger.warn(exported.notice);
    return exported.nodes > 0 ? EXIT.done : EXIT.no;
  },
};

function assertNoOperands([first]: readonly string[]): void {
  if (first === undefined) return;
  throw new UsageError(`export takes no operand, and "${first}" is one`, {
    code: 'USAGE_TOO_MANY_ARGUMENTS',
    hint: 'Name the file with --out FILE, and the repository with --path DIR.',
  });
}

async function writeFile(path: string, { content }: GraphExport, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(Readable.from(content, { objectMode: true }), createWriteStream(path), { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new UsageError(`${path} cannot be written: ${errorMessage(cause)}`, {
      code: 'USAGE_BAD_VALUE',
      hint: 'Name a file in a folder that is there and that you may write to.',
      cause,
    });
  }
}
