import type { Command } from './command.ts';
import { calleesCommand, callersCommand } from './commands/calls.ts';
import { doctorCommand } from './commands/doctor.ts';
import { encodeCommand } from './commands/encode.ts';
import { indexCommand } from './commands/index-repository.ts';
import { modelCommand } from './commands/model.ts';
import { searchCommand } from './commands/search.ts';
import { symbolCommand } from './commands/symbol.ts';

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  indexCommand,
  searchCommand,
  symbolCommand,
  callersCommand,
  calleesCommand,
  encodeCommand,
  modelCommand,
  doctorCommand,
];
