import type { ParsedFile } from '../parsing/language.ts';
import type { ProjectLayout } from './project-layout.ts';
import { ProjectResolver } from './project-resolver.ts';
import type { ResolvedFile } from './resolve-file.ts';

export type { ResolvedFile } from './resolve-file.ts';

export interface ResolutionResult {
  /** One entry a file, in path order. */
  readonly files: readonly ResolvedFile[];
}

/**
 * Turns the references of a whole project into edges. Pure and deterministic: the order of `files` does not matter, and
 * the time grows with the number of references.
 *
 * A name that could mean several definitions makes no edge but an {@link UnresolvedReference} with its candidate count.
 */
export function resolveReferences(files: readonly ParsedFile[], project: ProjectLayout): ResolutionResult {
  const resolver = new ProjectResolver(project);
  resolver.update(files, []);
  return { files: resolver.paths().map((path) => resolver.resolve(path).file) };
}
