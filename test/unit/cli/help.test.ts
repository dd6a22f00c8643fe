import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { COMMAND_NAMES, loadCommand, loadCommands } from '../../../src/cli/commands.ts';
import { printCommandHelp, printHelp } from '../../../src/cli/help.ts';
import { Terminal } from '../../../src/cli/output/terminal.ts';
import { RecordedStream } from './recorded-stream.ts';

const COMMANDS = await loadCommands();

function helpOf(print: (out: Terminal) => void): string {
  const stream = new RecordedStream();
  print(new Terminal(stream, {}));
  return stream.text;
}

describe('help', () => {
  it('of a command is found by its name', async () => {
    expect(COMMANDS.map(({ name }) => name)).toEqual(COMMAND_NAMES);
    for (const command of COMMANDS) expect(await loadCommand(command.name)).toBe(command);
    expect(await loadCommand('constructor')).toBeUndefined();
  });

  it('lists every command', () => {
    const text = helpOf((out) => printHelp(out, COMMANDS));
    for (const { name, summary } of COMMANDS) expect(text).toMatch(new RegExp(`^  ${name} .*${summary}$`, 'm'));
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))('of %s explains it', (name, command) => {
    const text = helpOf((out) => printCommandHelp(out, command));
    expect(text).toMatch(new RegExp(`^codegraphai ${name}`));
    for (const option of command.options) expect(text).toContain(`--${option.name}`);
    for (const common of ['--path DIR', '--json', '--offline', '-v, --verbose', '-h, --help']) {
      expect(text).toContain(common);
    }
    expect(command.examples.length).toBeGreaterThan(0);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(160);
  });

  it.each(COMMANDS.flatMap(({ examples }) => examples.map(({ command }) => command)))(
    'has an example that can be written: %s',
    (example) => {
      const [words = ''] = example.split(/ [<>] /);
      const [program, name, ...rest] = [...words.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
      expect(program).toBe('codegraphai');
      const command = COMMANDS.find((candidate) => candidate.name === name);
      expect(() => parseArguments(rest, command?.options ?? [])).not.toThrow();
    },
  );
});
