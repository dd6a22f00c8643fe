import type { SymbolDetails } from '../../code-graph.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { oneOperand } from '../operands.ts';
import { plural } from '../output/format.ts';
import { printable, truncateLine, type Terminal } from '../output/terminal.ts';
import { openIndexed } from '../repository.ts';

/** Lines of documentation shown a symbol. */
const SHOWN_DOCUMENTATION_LINES = 8;

export const symbolCommand: Command = {
  name: 'symbol',
  operands: 'NAME',
  summary: 'show definitions: signature, documentation, place, how much they are used',
  description:
    'NAME is a name, a qualified name (Pool.acquire), path:name or path:line. Every definition of the name is shown.',
  options: [],
  examples: [
    { command: 'codegraphai symbol Pool.acquire', explains: 'a method of a class' },
    { command: 'codegraphai symbol src/db/pool.ts:42', explains: 'the innermost definition around a line' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out } = context;
    const name = oneOperand(args, 'NAME', 'codegraphai symbol Pool.acquire');
    await using graph = await openIndexed(context);
    const symbols = await graph.symbols(name);
    if (args.flag('json')) out.line(JSON.stringify({ name, symbols }));
    else for (const symbol of symbols) printSymbol(out, symbol);
    return EXIT.done;
  },
};

function printSymbol(out: Terminal, symbol: SymbolDetails): void {
  out.line(
    `${out.style('bold', printable(symbol.qualifiedName))} ${out.style('dim', `${symbol.kind} · ${symbol.language}`)}`,
  );
  out.line(`  ${printable(symbol.path)}:${symbol.startLine}-${symbol.endLine}`);
  out.line(`  ${truncateLine(symbol.signature, out.width - 2)}`);
  const lines = symbol.documentation.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines.slice(0, SHOWN_DOCUMENTATION_LINES))
    out.line(out.style('dim', `  ${truncateLine(line, out.width - 2)}`));
  const { incoming, outgoing } = symbol.degree;
  out.line(`  called from ${plural(incoming, 'known place')}, makes ${plural(outgoing, 'known call')}`);
  out.line();
}
