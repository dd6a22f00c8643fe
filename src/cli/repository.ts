import { resolve } from 'node:path';
import { CodeGraph } from '../code-graph.ts';
import { findIndexedRoot } from '../repository-root.ts';
import type { CommandContext } from './command.ts';

/** Opens the index that a question is about: `--path`, else the nearest one around the current folder. */
export async function openIndexed(context: CommandContext): Promise<CodeGraph> {
  const named = context.args.text('path');
  const { workingDirectory, logger } = context;
  const root = named === undefined ? findIndexedRoot(workingDirectory) : resolve(workingDirectory, named);
  return await CodeGraph.open({ root, logger });
}
