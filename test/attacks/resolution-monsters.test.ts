import { describe, expect, it } from 'vitest';
import type { Edge } from '../../src/graph/edge.ts';
import { fileNodeId } from '../../src/graph/symbol.ts';
import { languageDescriptors } from '../../src/parsing/language-descriptors.ts';
import { loadLanguage } from '../../src/parsing/language-registry.ts';
import { buildSymbols } from '../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../src/resolution/resolve-references.ts';
import type { ResolutionResult } from '../../src/resolution/resolve-references.ts';
import { DIALECTS, ODD_NAMES, resolutionMonsters } from '../fuzz/resolution-monsters.ts';
import type { ResolutionMonster } from '../fuzz/resolution-monsters.ts';

/** What resolving one project may take. */
const LIMIT_MS = 5_000;
/** How large the monsters of every language are, and those of languages with resolution of their own kind. */
const SMALL = 60;
const LARGE = 1_500;

/** Languages whose functions belong to no type or module, so that all of a file see each other. */
const BY_BARE_NAME: ReadonlySet<string> = new Set(
  Object.keys(DIALECTS).filter((id) => !['java', 'csharp', 'elixir', 'sql'].includes(id)),
);

interface Outcome extends ResolutionResult {
  readonly tookMs: number;
  readonly symbols: ReadonlySet<string>;
}

async function resolved(id: string, { files }: ResolutionMonster): Promise<Outcome> {
  const language = await loadLanguage(id);
  const parsed = Object.entries(files).map(([path, text]) => language.parse(path, text));
  const started = performance.now();
  const result = resolveReferences(parsed, { paths: new Set(Object.keys(files)), readManifest: () => undefined });
  return {
    ...result,
    tookMs: performance.now() - started,
    symbols: new Set<string>(
      parsed.flatMap((file) => [fileNodeId(file.path), ...buildSymbols(file).map(({ id: symbol }) => symbol)]),
    ),
  };
}

const nameOf = (id: string): string => /[^#.]*$/u.exec(id.replace(/~\d+$/u, ''))?.[0] ?? '';

/** Calls whose target has another name than what is called. */
function wrongCalls({ files }: Outcome, monster: ResolutionMonster): string[] {
  return files.flatMap(({ path, edges }) => {
    const lines = monster.files[path]?.split('\n') ?? [];
    const isWrong = ({ kind, target, site, tier }: Edge): boolean =>
      kind === 'calls' &&
      tier !== 'points-to' &&
      !(lines[site.line - 1]?.slice(site.column - 1) ?? '').startsWith(nameOf(target));
    return edges.filter(isWrong).map(({ target, site }) => `${path}:${site.line}:${site.column} calls ${target}`);
  });
}

describe.each(Object.entries(DIALECTS).map(([id, dialect]) => ({ id, dialect })))('$id', ({ id, dialect }) => {
  it.each(resolutionMonsters(dialect, SMALL))('resolves: $name', async (monster) => {
    const outcome = await resolved(id, monster);
    expect(outcome.tookMs).toBeLessThan(LIMIT_MS);
    const astray = outcome.files.flatMap(({ edges }) =>
      edges.filter(({ target }) => !target.startsWith('external:') && !outcome.symbols.has(target)),
    );
    expect(astray).toEqual([]);
    expect(wrongCalls(outcome, monster)).toEqual([]);
    const calls = outcome.files.flatMap(({ edges }) => edges.filter(({ kind }) => kind === 'calls'));
    if (monster.name === 'circle') expect(calls).toEqual([]);
    if (BY_BARE_NAME.has(id)) {
      if (monster.name === 'references') expect(calls).toHaveLength(SMALL * 4);
      // One of them may be a keyword of the language.
      const own = calls.filter(({ source, target }) => source.split('#')[0] === target.split('#')[0]);
      if (monster.name === 'odd names')
        expect(own.length).toBeGreaterThanOrEqual(ODD_NAMES.length * (ODD_NAMES.length - 1));
    }
  });
});

describe.each(['typescript', 'python', 'java', 'csharp', 'go', 'rust', 'c', 'swift', 'bash'])('%s, large', (id) => {
  const dialect = DIALECTS[id];
  const monsters = dialect === undefined ? [] : resolutionMonsters(dialect, LARGE);
  it.each(monsters.filter(({ name }) => ['one name', 'imports', 'deep', 'one type'].includes(name)))(
    'resolves in time: $name',
    { timeout: 30_000 },
    async (monster) => {
      expect((await resolved(id, monster)).tookMs).toBeLessThan(LIMIT_MS);
    },
  );
});

describe('monsters', () => {
  it('has some of every language', () => {
    expect(Object.keys(DIALECTS).toSorted()).toEqual(
      languageDescriptors()
        .map(({ id }) => id)
        .toSorted(),
    );
  });
});
