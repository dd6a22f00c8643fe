import { hash } from 'node:crypto';
import { dumpIndex, type DumpableStore } from './dump-index.ts';

/** What only one of two indexes says: one line of `dumpIndex`. */
export interface IndexDifference {
  readonly only: 'stored' | 'fresh';
  /** `file`, `diagnostic`, `symbol`, `edges` (a file's digest), `edge`, `unresolved` or `chunk`. */
  readonly kind: string;
  /** What is said, as JSON. */
  readonly line: string;
}

export interface IndexComparison {
  readonly equal: boolean;
  /** Things the fresh index says, by kind. */
  readonly compared: Readonly<Record<string, number>>;
  /** How many things only one of both says. */
  readonly differing: number;
  /** The first of them, in order of kind and place. */
  readonly differences: readonly IndexDifference[];
}

/**
 * Compares what two indexes say of files, symbols, edges, unresolved references and chunks; vectors and facts about the
 * runs are left out. Both are read as streams: of each thing only a hash is held.
 *
 * @param limit - Differences that are named, of each side.
 */
export async function compareIndexes(
  stored: DumpableStore,
  fresh: DumpableStore,
  limit: number,
): Promise<IndexComparison> {
  const left = new Map<string, number>();
  for await (const line of graphLines(stored)) count(left, hashLine(line), 1);
  const compared: Record<string, number> = {};
  const differences: IndexDifference[] = [];
  let differing = 0;
  for await (const line of graphLines(fresh)) {
    const kind = kindOf(line);
    compared[kind] = (compared[kind] ?? 0) + 1;
    if (count(left, hashLine(line), -1) >= 0) continue;
    differing++;
    if (differing <= limit) differences.push({ only: 'fresh', kind, line });
  }
  let named = 0;
  // What is left over is in the stored index alone; its lines are read once more to name them.
  for (const surplus of left.values()) if (surplus > 0) differing += surplus;
  if (differing > 0) {
    for await (const line of graphLines(stored)) {
      if (named >= limit) break;
      const hashed = hashLine(line);
      if ((left.get(hashed) ?? 0) <= 0) continue;
      count(left, hashed, -1);
      named++;
      differences.push({ only: 'stored', kind: kindOf(line), line });
    }
  }
  return { equal: differing === 0, compared, differing, differences };
}

async function* graphLines(store: DumpableStore): AsyncGenerator<string> {
  for await (const line of dumpIndex(store, { graphOnly: true })) yield line;
}

const hashLine = (line: string): string => hash('sha256', line, 'base64');

/** A line is a JSON array that begins with its kind. */
function kindOf(line: string): string {
  return line.slice(2, line.indexOf('"', 2));
}

function count(counts: Map<string, number>, key: string, by: number): number {
  const value = (counts.get(key) ?? 0) + by;
  if (value === 0) counts.delete(key);
  else counts.set(key, value);
  return value;
}
