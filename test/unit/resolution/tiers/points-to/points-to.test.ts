import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParsedFile } from '../../../../../src/parsing/language.ts';
import { loadLanguage } from '../../../../../src/parsing/language-registry.ts';
import { hashKey, type FileDependencies } from '../../../../../src/resolution/dependencies.ts';
import { changedKeys } from '../../../../../src/resolution/file-surface.ts';
import { ProjectResolver } from '../../../../../src/resolution/project-resolver.ts';
import type { ResolvedFile } from '../../../../../src/resolution/resolve-file.ts';

const python = await loadLanguage('python');

/** Versions of each file: callers, callbacks, decorators and tables that meet across files. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'tools.py': [
    'def apply(f):\n    return f()\n',
    'def apply(f, g=None):\n    return g\n',
    'def apply(f):\n    def inner():\n        f()\n    return inner\n',
    'class apply:\n    def __init__(self, f):\n        self.f = f\n    def __call__(self):\n        self.f()\n',
  ],
  'work.py': [
    'def a(): pass\ndef b(): pass\n',
    'from other import c as a\ndef b(): a()\n',
    'class a:\n    def run(self): pass\nb = a\n',
  ],
  'other.py': ['def c(): pass\n', 'from tools import apply\n@apply\ndef c(): pass\n', 'c = 1\n'],
  'app.py': [
    'from tools import apply\nfrom work import a, b\napply(a)\n',
    'from tools import apply\nimport work\nTABLE = {"a": work.a, "b": work.b}\ndef run(k):\n    TABLE[k]()\n    apply(TABLE[k])()\n',
    'import work\nwork.a().run()\n',
  ],
  'extra.py': ['from tools import apply\nfrom other import c\ndef go():\n    apply(c)\n', 'import app\napp.run(1)\n'],
};
const PATHS = Object.keys(VERSIONS);

type State = readonly (number | null)[];

function filesOf(state: State): ParsedFile[] {
  return PATHS.flatMap((path, at) => {
    const version = state[at];
    const text = version === null || version === undefined ? undefined : VERSIONS[path]?.[version];
    return text === undefined ? [] : [python.parse(path, text)];
  });
}

const layoutOf = (files: readonly ParsedFile[]): { paths: Set<string>; readManifest: () => undefined } => ({
  paths: new Set(files.map(({ path }) => path)),
  readManifest: () => undefined,
});

function resolveAll(files: readonly ParsedFile[]): Map<string, ResolvedFile> {
  const resolver = new ProjectResolver(layoutOf(files));
  resolver.update(files, []);
  return new Map(resolver.paths().map((path) => [path, resolver.resolve(path).file]));
}

const anyState: fc.Arbitrary<State> = fc.tuple(
  ...PATHS.map((path) => fc.option(fc.nat((VERSIONS[path]?.length ?? 1) - 1), { freq: 6 })),
);

describe('points-to and files that change', () => {
  it('needs to resolve again only files whose dependencies say so', () => {
    fc.assert(
      fc.property(anyState, anyState, (first, second) => {
        const before = filesOf(first);
        const resolver = new ProjectResolver(layoutOf(before));
        resolver.update(before, []);
        const results = new Map<string, { file: ResolvedFile; dependencies: FileDependencies }>(
          resolver.paths().map((path) => [path, resolver.resolve(path)]),
        );
        const after = filesOf(second);
        const old = new Map(before.map((file) => [file.path, file]));
        const now = new Map(after.map((file) => [file.path, file]));
        const changed = after.filter(({ path }) => first[PATHS.indexOf(path)] !== second[PATHS.indexOf(path)]);
        const removed = before.filter(({ path }) => !now.has(path)).map(({ path }) => path);
        resolver.update(changed, removed, layoutOf(after));
        const keys = new Set(PATHS.flatMap((path) => changedKeys(old.get(path), now.get(path))).map(hashKey));
        for (const path of resolver.paths()) {
          const known = results.get(path);
          const isStale =
            known === undefined ||
            changed.some((file) => file.path === path) ||
            known.dependencies.names.some((name) => keys.has(name)) ||
            known.dependencies.questions.some((question) => resolver.isAnsweredOtherwise(question));
          const file = isStale ? resolver.resolve(path).file : known.file;
          expect(file).toEqual(resolveAll(after).get(path));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same whatever order files are added in', () => {
    fc.assert(
      fc.property(anyState, fc.infiniteStream(fc.nat()), (state, order) => {
        const files = filesOf(state);
        const shuffled = files
          .map((file) => [order.next().value ?? 0, file] as const)
          .sort(([a], [b]) => a - b)
          .map(([, file]) => file);
        expect(resolveAll(shuffled)).toEqual(resolveAll(files));
      }),
      { numRuns: 30 },
    );
  });
});

const edgesOf = (text: string): string[] =>
  [...resolveAll([python.parse('app.py', text)]).values()].flatMap(({ edges }) =>
    edges.flatMap(({ tier, target, confidence }) => (tier === 'points-to' ? [`${target} ${confidence}`] : [])),
  );
const reasonsOf = (text: string): string[] =>
  [...resolveAll([python.parse('app.py', text)]).values()].flatMap(({ unresolved }) =>
    unresolved.map(({ name, reason }) => `${name} ${reason}`),
  );

describe('points-to edges', () => {
  it('are less sure the more targets a call has', () => {
    expect(edgesOf('def a(): pass\ndef run(f): f()\nrun(a)\n')).toEqual(['app.py#a 0.9']);
    expect(edgesOf('def a(): pass\ndef b(): pass\ndef run(f): f()\nrun(a)\nrun(b)\n')).toEqual([
      'app.py#a 0.8',
      'app.py#b 0.8',
    ]);
  });

  it('are none where too many functions meet', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const text = `${names.map((name) => `def ${name}(): pass\n`).join('')}def run(f):\n    f()\n${names.map((name) => `run(${name})\n`).join('')}`;
    expect(edgesOf(text)).toEqual([]);
    expect(reasonsOf(text)).toEqual(['f ambiguous']);
  });

  it('are none for what a library was given as its own', () => {
    expect(reasonsOf('import time\nclock = time.time\nclock()\n')).toContain('clock external');
  });

  it('end where values are made of each other', () => {
    const text =
      'def f(x):\n    x = f(x)\n    x = [x, x.y, x()]\n    return x\nf(f)\nA: "B" = 1\nB: "A" = 2\nA.run()\n';
    expect(() => edgesOf(text)).not.toThrow();
  });
});
