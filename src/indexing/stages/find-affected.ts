import { changedKeys } from '../../resolution/file-surface.ts';
import { hashKey, type ModuleQuestion } from '../../resolution/dependencies.ts';
import { languageRules } from '../../resolution/language-rules.ts';
import { FLOWS_METHOD, type ProjectResolver } from '../../resolution/project-resolver.ts';
import { followsFlows } from '../../resolution/tiers/points-to/flow-languages.ts';
import type { EdgeSet, FileFacts } from '../../store/index-store.ts';
import { PackedDependencies } from '../dependency-bytes.ts';
import { unpackFacts } from '../facts.ts';

export interface FindAffectedInput {
  readonly resolver: ProjectResolver;
  /** Every file of the index. */
  readonly paths: readonly string[];
  /** Those whose edges are stored. */
  readonly edgeSets: readonly EdgeSet[];
  /** What files were when edges were made, of those that are not as they were. */
  readonly previous: readonly FileFacts[];
  /** Paths have come or gone, or a manifest has changed. */
  readonly layoutChanged: boolean;
}

/**
 * Files whose edges may be others than those stored: files that changed, files that looked at a name that changed, and
 * files whose questions to a module system have another answer now.
 */
export function findAffected(input: FindAffectedInput): string[] {
  const { resolver, paths, edgeSets, previous } = input;
  let { layoutChanged } = input;
  const affected = new Set(paths);
  for (const { path } of edgeSets) affected.delete(path);
  const before = new Map(previous.map(({ path, facts }) => [path, facts]));
  const changed = new Set<number>();
  /** Families whose module systems read what is in files, where that changed. */
  const families = new Set<string>();
  let flowsChanged = false;
  for (const path of new Set([...affected, ...before.keys()])) {
    const facts = before.get(path);
    const old = facts === undefined ? undefined : unpackFacts(path, facts);
    const now = resolver.file(path);
    // Seen all the time, and indexed only now or no more: a binary file, one too large.
    layoutChanged ||= old?.language !== now?.language;
    // What flows depends on every call of such a file, not only on what others see of it.
    flowsChanged ||= [old, now].some((file) => file !== undefined && followsFlows(file));
    const keys = changedKeys(old, now);
    for (const key of keys) changed.add(hashKey(key));
    if (keys.length === 0) continue;
    for (const file of [old, now]) {
      if (file !== undefined && resolver.readsContents(file.language))
        families.add(languageRules(file.language).family);
    }
  }
  const mayDiffer = ({ family, method }: ModuleQuestion): boolean =>
    layoutChanged || families.has(family) || (flowsChanged && method === FLOWS_METHOD);
  const asksAgain = layoutChanged || flowsChanged || families.size > 0;
  const known = new Set(paths);
  for (const { path, dependencies } of edgeSets) {
    if (!known.has(path)) continue;
    const packed = new PackedDependencies(dependencies);
    const isAffected =
      packed.hasAnyOf(changed) ||
      (asksAgain &&
        packed.questions().some((question) => mayDiffer(question) && resolver.isAnsweredOtherwise(question)));
    if (isAffected) affected.add(path);
  }
  return [...affected].sort();
}
