/** Module paths that differ in one number and the last word alone, as one pattern. */
export interface ModuleGroup {
  /** Such as `encoder.layer.{0-11}.attention.self.{query,key,value}`. */
  readonly pattern: string;
  /** Modules it stands for. */
  readonly count: number;
}

/** Sums module paths up, in the order in which they first appear. */
export function compactModules(modules: readonly string[]): ModuleGroup[] {
  const byShape = Map.groupBy(modules.map(splitModule), ({ shape }) => shape);
  const rows = [...byShape.values()].map((members) => {
    const [first] = members;
    const numbers = formatRanges(members.flatMap(({ number }) => number ?? []));
    return { stem: first?.stem ?? '', leaf: first?.leaf ?? '', numbers, count: members.length };
  });
  const groups = Map.groupBy(rows, ({ stem, numbers }) => `${stem} ${numbers}`);
  return [...groups.values()].map((members) => {
    const [first] = members;
    const leaves = members.map(({ leaf }) => leaf);
    const last = leaves.length === 1 ? (leaves[0] ?? '') : `{${leaves.join(',')}}`;
    const numbers = first?.numbers ?? '';
    const stem = (first?.stem ?? '').replace('*', /[-,]/.test(numbers) ? `{${numbers}}` : numbers);
    return {
      pattern: stem === '' ? last : `${stem}.${last}`,
      count: members.reduce((sum, { count }) => sum + count, 0),
    };
  });
}

/** Splits `a.0.b.c` into the stem `a.*.b`, the leaf `c` and the number 0. */
function splitModule(module: string): { shape: string; stem: string; leaf: string; number: number | null } {
  const parts = module.split('.');
  const at = parts.findIndex((part) => /^\d{1,6}$/.test(part));
  const number = at < 0 || at === parts.length - 1 ? null : Number(parts[at]);
  const named = number === null ? parts : parts.with(at, '*');
  const [stem, leaf] = [named.slice(0, -1).join('.'), named.at(-1) ?? ''];
  return { shape: `${stem}.${leaf}`, stem, leaf, number };
}

/** `0-3,5` for 0, 1, 2, 3 and 5. */
function formatRanges(numbers: readonly number[]): string {
  const ranges: Array<[first: number, last: number]> = [];
  for (const number of new Set(numbers.toSorted((left, right) => left - right))) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
