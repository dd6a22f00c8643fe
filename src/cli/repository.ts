import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodeGraph } from '../code-graph.ts';
import { findIndexedRoot } from '../repository-root.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

type Place = Pick<CommandContext, 'args' | 'workingDirectory'>;

/** The repository a command is about: `--path`, else the nearest one with an index around the current folder. */
export function repositoryRoot({ args, workingDirectory }: Place): string {
  const named = args.text('path');
  return named === undefined ? findIndexedRoot(workingDirectory) : resolve(workingDirectory, named);
}

/**
 * A model as the user named it: what exists relative to the current folder becomes absolute, for the model layer looks
 * from the repository on; anything else is a hub id.
 *
 * @throws {@link UsageError} `USAGE_BAD_VALUE` for an empty name.
 */
export function modelReference({ workingDirectory }: Place, named: string | undefined): string | null {
  if (named === undefined) return null;
  if (named.trim() === '') {
    throw new UsageError('the name of the model is empty', {
      code: 'USAGE_BAD_VALUE',
      hint: 'Name a folder or a hub id, or leave it out for the default.',
    });
  }
  const path = resolve(workingDirectory, named);
  return existsSync(path) ? path : named;
}

/** Opens the index that a question is about. */
export async function openIndexed(context: CommandContext): Promise<CodeGraph> {
  return await CodeGraph.open({ root: repositoryRoot(context), logger: context.logger });
}
