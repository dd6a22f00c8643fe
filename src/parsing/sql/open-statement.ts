/** A table of a statement, reported at its end. */
export interface PendingUse {
  readonly parts: readonly string[];
  readonly offset: number;
  /** How the statement calls the table from there on. */
  readonly alias: string;
}

/** What is open inside one pair of parentheses, or outside all. */
export interface Level {
  /** The clause commas belong to: they part tables in `from`, queries in `with`. */
  clause: '' | 'from' | 'with';
  /** The parenthesis stands where a table could: an alias may follow it. */
  readonly isTable: boolean;
  /** `FROM` inside belongs to a function such as `extract`. */
  readonly hasOwnFrom: boolean;
}

/** What is known of a statement that is open. */
export interface Statement {
  verb: string;
  /** `INSERT … SELECT` has its one `SELECT`. */
  hasSelect: boolean;
  hasOutput: boolean;
  usingSeen: boolean;
  /** Tables by alias and by bare name; null for a derived table. */
  readonly aliases: Map<string, readonly string[] | null>;
  readonly reads: PendingUse[];
  readonly writes: PendingUse[];
}

/** A statement of which nothing but its verb is known. */
export const newStatement = (verb = ''): Statement => ({
  verb,
  hasSelect: false,
  hasOutput: false,
  usingSeen: false,
  aliases: new Map(),
  reads: [],
  writes: [],
});

/** A pair of parentheses that has just opened. */
export const newLevel = (isTable = false, hasOwnFrom = false): Level => ({ clause: '', isTable, hasOwnFrom });

/**
 * Reports the tables of a statement, now that all its aliases are known.
 *
 * @param emit - Receives use, name and offset of each.
 */
export function reportTables(
  { verb, aliases, reads, writes }: Statement,
  emit: (use: 'reads' | 'writes', parts: readonly string[], offset: number) => void,
): void {
  const targets = new Set<string>();
  for (const { parts, offset, alias } of writes) {
    const bare = parts.length === 1 ? (parts[0] ?? '').toLowerCase() : undefined;
    const meant = bare === undefined ? parts : aliases.get(bare);
    if (bare !== undefined) targets.add(bare);
    targets.add(alias);
    if (meant !== null) emit('writes', meant ?? parts, offset);
  }
  for (const { parts, offset, alias } of reads) {
    // `DELETE x FROM orders x` names its target in the list of tables.
    if (verb !== 'delete' || alias === '' || !targets.has(alias)) emit('reads', parts, offset);
  }
}
