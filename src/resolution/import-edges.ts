import { directoryNodeId, externalNodeId, fileNodeId } from '../graph/symbol.ts';
import type { NodeId } from '../graph/symbol.ts';
import type { ImportDeclaration } from '../parsing/language.ts';
import type { FileScope } from './project-index.ts';
import type { ImportTable } from './tiers/import-table.ts';

/** Nodes an import declaration leads to; none where the module was not found. */
export function importTargets(
  imports: ImportTable,
  file: FileScope,
  declaration: ImportDeclaration,
): readonly NodeId[] {
  const { specifier, names } = declaration;
  const module = imports.resolveModule(file, specifier);
  const system = imports.systemOf(file);
  if (module === 'external') return [externalNodeId(system.externalPackage?.(specifier) ?? specifier)];
  if (module === undefined) return [];
  const submodules =
    system.importsSubmodules === true ? names.flatMap(({ name }) => submoduleFiles(imports, module, name)) : [];
  const own = module.directory === undefined ? module.paths.map(fileNodeId) : [directoryNodeId(module.directory)];
  // `from . import a, b` is about a and b, not about the package file.
  return submodules.length > 0 && submodules.length === names.length ? submodules : [...own, ...submodules];
}

function submoduleFiles(imports: ImportTable, module: Parameters<ImportTable['exportOf']>[0], name: string): NodeId[] {
  if (name === '*') return [];
  const found = imports.exportOf(module, name);
  return found?.kind === 'module' ? found.module.paths.slice(0, 1).map(fileNodeId) : [];
}
