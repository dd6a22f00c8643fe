import type { ParsedFile } from '../parsing/language.ts';
import { DependencyRecorder, detachedKey } from './dependencies.ts';
import type { FileDependencies, ModuleQuestion } from './dependencies.ts';
import { languageRules } from './language-rules.ts';
import { ModuleSystems } from './module-resolution/module-systems.ts';
import { askAgain } from './module-resolution/traced-modules.ts';
import { buildScopes, indexScopes } from './project-index.ts';
import type { FileScope, ProjectIndex } from './project-index.ts';
import type { ProjectLayout } from './project-layout.ts';
import { ReferenceResolver } from './reference-resolver.ts';
import { resolveFile } from './resolve-file.ts';
import type { ResolvedFile } from './resolve-file.ts';
import { ImportTable } from './tiers/import-table.ts';
import { LexicalScope } from './tiers/lexical-scope.ts';
import { flowProtocolsOf, followsFlows } from './tiers/points-to/flow-languages.ts';
import type { FlowProtocols } from './tiers/points-to/flow-protocols.ts';
import { PointsTo } from './tiers/points-to/points-to.ts';
import type { FlowAnswers } from './tiers/points-to/points-to.ts';
import { ScriptInference } from './tiers/script/script-inference.ts';
import { PreciseReferences } from './tiers/precise-references.ts';
import { SqlCatalog } from './tiers/sql-catalog.ts';
import { TypeHierarchy } from './tiers/type-hierarchy.ts';
import { UniqueNames } from './tiers/unique-name.ts';
import { ValueInference } from './tiers/value-inference.ts';
import { lookAtDeclaration, trackScope } from './tracked-scope.ts';

/** Method of the question what the flow of values says of a file. */
export const FLOWS_METHOD = 'flows';

/** What all files of a state of the project share. */
interface Shared {
  readonly index: ProjectIndex;
  readonly uniqueNames: UniqueNames;
  readonly sql: SqlCatalog;
  readonly precise: PreciseReferences | undefined;
}

/**
 * Resolves the files of a project one by one, and tells what each looked at. What comes out for a file is a function of
 * that file and of what it looked at: tiers are made anew for each, so that no order of files and no earlier run shows.
 */
export class ProjectResolver {
  readonly #recorder = new DependencyRecorder();
  readonly #files = new Map<string, ParsedFile>();
  readonly #scopes = new Map<string, FileScope>();
  #layout: ProjectLayout;
  #shared: Shared | undefined;
  #systems: ModuleSystems | undefined;
  readonly #pointsTo = new Map<FlowProtocols, PointsTo>();

  constructor(layout: ProjectLayout) {
    this.#layout = layout;
  }

  /** Paths of the files it holds, sorted. */
  paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** The file as it holds it. */
  file(path: string): ParsedFile | undefined {
    return this.#files.get(path);
  }

  /**
   * Takes other states of files.
   *
   * @param layout - Where paths or manifests have changed.
   */
  update(changed: readonly ParsedFile[], removed: readonly string[], layout?: ProjectLayout): void {
    if (changed.length === 0 && removed.length === 0 && layout === undefined) return;
    const rebuilt = new Map<string, ParsedFile>(changed.map((file) => [file.path, file]));
    const before = [...rebuilt.keys(), ...removed].flatMap((path) => this.#files.get(path) ?? []);
    for (const path of removed) {
      this.#files.delete(path);
      this.#scopes.delete(path);
    }
    for (const file of changed) this.#files.set(file.path, file);
    // Members that stand outside of their types are given to them across files.
    const groups = new Set([...before, ...changed].filter(isOpen).map(({ language }) => languageRules(language).group));
    if (groups.size > 0) {
      for (const file of this.#files.values()) {
        if (groups.has(languageRules(file.language).group)) rebuilt.set(file.path, file);
      }
    }
    for (const scope of buildScopes([...rebuilt.values()])) {
      trackScope(scope, this.#recorder);
      this.#scopes.set(scope.parsed.path, scope);
    }
    // Sets of values depend on any file whose flows are followed, and on nothing else.
    if (layout !== undefined || [...before, ...changed].some(followsFlows)) this.#pointsTo.clear();
    this.#shared = undefined;
    this.#systems = undefined;
    if (layout !== undefined) this.#layout = layout;
  }

  /** Resolves one of the files. */
  resolve(path: string): { readonly file: ResolvedFile; readonly dependencies: FileDependencies } {
    const scope = this.#scopes.get(path);
    if (scope === undefined) throw new RangeError(`${path} is no file of this project`);
    const { index, uniqueNames, sql, precise } = this.#share();
    const systems = this.#moduleSystems();
    const imports = new ImportTable(index, systems);
    const lexical = new LexicalScope(imports);
    const types = new TypeHierarchy(lexical, imports);
    const values = new ValueInference(lexical, imports, types);
    const scripts = new ScriptInference(lexical, imports, types);
    const resolver = new ReferenceResolver(uniqueNames, imports, types, values, scripts, sql, precise);
    this.#recorder.begin(path);
    try {
      this.#lookAtOwnTypes(scope);
      const file = resolveFile(scope, imports, resolver, this.#flowsOf(scope));
      return { file, dependencies: this.#recorder.end() };
    } catch (error) {
      this.#recorder.end();
      throw error;
    }
  }

  /** Whether today's answer to a question is another than the one that was noted. */
  isAnsweredOtherwise(question: ModuleQuestion): boolean {
    if (question.method === FLOWS_METHOD) {
      const [asked] = question.arguments;
      const scope = asked !== undefined && 'file' in asked ? this.#scopes.get(asked.file) : undefined;
      return scope === undefined || this.#answersOf(scope)?.digest !== question.answer;
    }
    const { byPath } = this.#share().index;
    return askAgain(question, this.#moduleSystems().plain(question.family), byPath) !== question.answer;
  }

  /** Whether the answers of a family's module system depend on what is in its files. */
  readsContents(language: string): boolean {
    return this.#moduleSystems().readsContents(languageRules(language).family);
  }

  /** What the flow of values says of a file: one question, as the sets come from flows of all files. */
  #flowsOf(scope: FileScope): FlowAnswers | undefined {
    const answers = this.#answersOf(scope);
    if (answers !== undefined) {
      const { family } = scope.rules;
      const { path } = scope.parsed;
      const { digest } = answers;
      this.#recorder.asked(FLOWS_METHOD, { family, method: FLOWS_METHOD, arguments: [{ file: path }], answer: digest });
    }
    return answers;
  }

  #answersOf(scope: FileScope): FlowAnswers | undefined {
    return this.#recorder.paused(() => {
      const protocols = flowProtocolsOf(scope.parsed);
      if (protocols === undefined) return undefined;
      let pointsTo = this.#pointsTo.get(protocols);
      if (pointsTo === undefined) {
        const { index } = this.#share();
        const imports = new ImportTable(index, this.#moduleSystems());
        const types = new TypeHierarchy(new LexicalScope(imports), imports);
        pointsTo = new PointsTo(index, imports, types, protocols);
        this.#pointsTo.set(protocols, pointsTo);
      }
      return pointsTo.answersFor(scope);
    });
  }

  /** A file's own types may have members in others, and what it holds may belong to types of others. */
  #lookAtOwnTypes(scope: FileScope): void {
    const { group, detachedMembers } = scope.rules;
    if (detachedMembers === 'none') return;
    for (const { definition, owner } of scope.declarations) {
      for (const segment of definition.qualifiedName.split('.')) this.#recorder.look(detachedKey(group, segment));
      if (owner !== null) lookAtDeclaration(this.#recorder, owner);
    }
  }

  #share(): Shared {
    if (this.#shared === undefined) {
      const scopes = this.paths().flatMap((path) => this.#scopes.get(path) ?? []);
      const index = indexScopes(scopes);
      this.#shared = {
        index,
        uniqueNames: new UniqueNames(index, this.#recorder),
        sql: new SqlCatalog(index, this.#recorder),
        // What it looks at is not recorded: with it every file is resolved on every change.
        precise: this.#layout.precise === undefined ? undefined : new PreciseReferences(this.#layout.precise, index),
      };
    }
    return this.#shared;
  }

  #moduleSystems(): ModuleSystems {
    this.#systems ??= new ModuleSystems(this.#share().index.files, this.#layout, this.#recorder);
    return this.#systems;
  }
}

function isOpen({ language }: ParsedFile): boolean {
  return languageRules(language).detachedMembers !== 'none';
}
