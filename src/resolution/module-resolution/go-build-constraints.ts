/**
 * When a Go file is compiled: its `//go:build` line and the ending of its name, for one operating system, processor and
 * set of tags at a time.
 *
 * @see https://pkg.go.dev/cmd/go#hdr-Build_constraints
 */

/** Operating systems in the order they are tried; the first is what a file without constraint is compiled for. */
const SYSTEMS =
  'linux darwin windows freebsd openbsd netbsd dragonfly solaris illumos aix android ios js wasip1 plan9 hurd nacl zos'.split(
    ' ',
  );
const PROCESSORS =
  'amd64 arm64 386 arm wasm loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x sparc64'.split(' ');
const UNIX = new Set([
  'aix',
  'android',
  'darwin',
  'dragonfly',
  'freebsd',
  'hurd',
  'illumos',
  'ios',
  'linux',
  'netbsd',
  'openbsd',
  'solaris',
]);

/** What a program is compiled for. */
export interface BuildTarget {
  readonly system: string;
  readonly processor: string;
  readonly tags: ReadonlySet<string>;
}

const DEFAULT_TARGET: BuildTarget = { system: 'linux', processor: 'amd64', tags: new Set(['cgo']) };

function hasTag(target: BuildTarget, tag: string): boolean {
  if (tag === target.system || tag === target.processor || tag === 'gc' || target.tags.has(tag)) return true;
  if (tag === 'unix') return UNIX.has(target.system);
  // Every released version of the language.
  return /^go1(?:\.\d+)*$/.test(tag);
}

/** Longer lines are not constraints people wrote (CWE-674). */
const MAX_CONSTRAINT_LENGTH = 1_000;

/** Evaluates `a && (b || !c)`; undefined where it cannot be read. */
export function evaluateConstraint(constraint: string, isSet: (tag: string) => boolean): boolean | undefined {
  if (constraint.length > MAX_CONSTRAINT_LENGTH) return undefined;
  const tokens = constraint.match(/&&|\|\||[!()]|[\w.]+|\S/g) ?? [];
  let at = 0;
  const unary = (): boolean | undefined => {
    const token = tokens[at++];
    if (token === '!') {
      const value = unary();
      return value === undefined ? undefined : !value;
    }
    if (token === '(') {
      const value = either();
      return tokens[at++] === ')' ? value : undefined;
    }
    return token === undefined || !/^[\w.]+$/.test(token) ? undefined : isSet(token);
  };
  const both = (): boolean | undefined => {
    let value = unary();
    while (tokens[at] === '&&') {
      at++;
      const right = unary();
      value = value === undefined || right === undefined ? undefined : value && right;
    }
    return value;
  };
  const either = (): boolean | undefined => {
    let value = both();
    while (tokens[at] === '||') {
      at++;
      const right = both();
      value = value === undefined || right === undefined ? undefined : value || right;
    }
    return value;
  };
  const value = either();
  return at === tokens.length ? value : undefined;
}

/** The operating system and processor in a file's name: `poll_linux_arm64.go`, `exec_windows_test.go`. */
function targetInName(path: string): { readonly system?: string | undefined; readonly processor?: string | undefined } {
  const parts = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/(?:_test)?\.go$/, '')
    .split('_')
    .slice(1);
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (PROCESSORS.includes(last)) return { processor: last, system: SYSTEMS.includes(before) ? before : undefined };
  return SYSTEMS.includes(last) ? { system: last } : {};
}

/** Whether a file is part of the program for a target. A constraint that cannot be read excludes nothing. */
export function isBuilt(path: string, constraint: string | undefined, target: BuildTarget): boolean {
  const { system = target.system, processor = target.processor } = targetInName(path);
  if (system !== target.system || processor !== target.processor) return false;
  return constraint === undefined || evaluateConstraint(constraint, (tag) => hasTag(target, tag)) !== false;
}

/** The target a file is looked at under: the default where that builds it, else the nearest that does. */
export function targetOf(path: string, constraint: string | undefined): BuildTarget {
  if (isBuilt(path, constraint, DEFAULT_TARGET)) return DEFAULT_TARGET;
  const named = targetInName(path);
  const written = (constraint?.match(/[\w.]+/g) ?? []).filter((tag) => tag !== 'ignore');
  const tags = new Set([
    ...DEFAULT_TARGET.tags,
    ...written.filter((tag) => !SYSTEMS.includes(tag) && !PROCESSORS.includes(tag)),
  ]);
  for (const system of [named.system ?? 'linux', ...SYSTEMS]) {
    for (const processor of [named.processor ?? 'amd64', ...PROCESSORS]) {
      for (const candidate of [DEFAULT_TARGET.tags, tags]) {
        const target = { system, processor, tags: candidate };
        if (isBuilt(path, constraint, target)) return target;
      }
    }
  }
  return DEFAULT_TARGET;
}
