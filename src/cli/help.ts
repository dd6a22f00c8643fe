import { COMMON_OPTIONS, type OptionSpec } from './arguments.ts';
import type { Command } from './command.ts';
import type { Terminal } from './output/terminal.ts';
import { wrapText } from './output/wrap-text.ts';

/** Lines of help are at most this long, whatever the terminal: lists of kinds and languages are longer. */
const WIDTH = 140;

function optionLabel({ name, short, value }: OptionSpec): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function printOptions(out: Terminal, title: string, options: readonly OptionSpec[]): void {
  if (options.length === 0) return;
  out.line();
  out.line(out.style('bold', title));
  const width = Math.max(...options.map((option) => optionLabel(option).length));
  for (const option of options) {
    const [first = '', ...rest] = wrapText(option.help, WIDTH - width - 4);
    out.line(`  ${optionLabel(option).padEnd(width)}  ${first}`);
    for (const line of rest) out.line(`  ${' '.repeat(width)}  ${line}`);
  }
}

/** `codegraphai COMMAND --help` */
export function printCommandHelp(out: Terminal, command: Command): void {
  out.line(`${out.style('bold', 'codegraphai')} ${command.name} ${command.operands}`.trimEnd());
  out.line();
  out.line(command.description);
  printOptions(out, 'Options', command.options);
  printOptions(out, 'Everywhere', COMMON_OPTIONS);
  out.line();
  out.line(out.style('bold', 'Examples'));
  for (const { command: example, explains } of command.examples) {
    out.line(`  ${example}`);
    out.line(out.style('dim', `      ${explains}`));
  }
}

/** `codegraphai --help` */
export function printHelp(out: Terminal, commands: readonly Command[]): void {
  out.line(`${out.style('bold', 'codegraphai')} COMMAND [OPTIONS]`);
  out.line();
  out.line('Find code by what it does, in your own language, and see who uses it. Works offline, on this machine.');
  out.line();
  out.line(out.style('bold', 'Commands'));
  const width = Math.max(...commands.map(({ name, operands }) => `${name} ${operands}`.trimEnd().length));
  for (const { name, operands, summary } of commands)
    out.line(`  ${`${name} ${operands}`.trimEnd().padEnd(width)}  ${summary}`);
  printOptions(out, 'Everywhere', COMMON_OPTIONS);
  out.line();
  out.line(out.style('bold', 'Start here'));
  out.line('  codegraphai index');
  out.line('  codegraphai search "quem manda o e-mail de boas-vindas?"');
  out.line();
  out.line(
    'codegraphai COMMAND --help explains a command. Exit codes: 0 done, 1 nothing found, 2 usage, 3 no index, 4 model,',
  );
  out.line('5 damaged input, 6 store, 130 interrupted.');
}
