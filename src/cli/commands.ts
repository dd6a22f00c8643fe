import type { Command } from './command.ts';

/** How each command is loaded, in the order of the help text: a search needs no reader of checkpoints to start. */
const LOADERS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['index', async () => (await import('./commands/index-repository.ts')).indexCommand],
  ['search', async () => (await import('./commands/search.ts')).searchCommand],
  ['symbol', async () => (await import('./commands/symbol.ts')).symbolCommand],
  ['callers', async () => (await import('./commands/calls.ts')).callersCommand],
  ['callees', async () => (await import('./commands/calls.ts')).calleesCommand],
  ['impact', async () => (await import('./commands/impact.ts')).impactCommand],
  ['path', async () => (await import('./commands/path.ts')).pathCommand],
  ['overview', async () => (await import('./commands/overview.ts')).overviewCommand],
  ['diff', async () => (await import('./commands/diff.ts')).diffCommand],
  ['export', async () => (await import('./commands/export.ts')).exportCommand],
  ['verify', async () => (await import('./commands/verify.ts')).verifyCommand],
  ['encode', async () => (await import('./commands/encode.ts')).encodeCommand],
  ['model', async () => (await import('./commands/model.ts')).modelCommand],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctorCommand],
]);

/** The word behind `codegraphai`, for each command. */
export const COMMAND_NAMES: readonly string[] = [...LOADERS.keys()];

/** The command of a name; undefined where there is none. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return await LOADERS.get(name)?.();
}

/** Every command, in the order of the help text. */
export async function loadCommands(): Promise<readonly Command[]> {
  return await Promise.all([...LOADERS.values()].map((load) => load()));
}
