/**
 * What a file is besides the program itself. `declaration` is a file of types or headers only that repeats what another
 * file defines (`.d.ts`, `.pyi`).
 */
export const PATH_ROLES = ['test', 'vendored', 'generated', 'example', 'declaration'] as const;
export type PathRole = (typeof PATH_ROLES)[number];

const DIRECTORY_ROLES: Readonly<Record<Exclude<PathRole, 'declaration'>, ReadonlySet<string>>> = {
  test: new Set(
    'test tests testing testdata testutil testutils spec specs __tests__ __mocks__ __fixtures__ fixtures e2e'.split(
      ' ',
    ),
  ),
  vendored: new Set(
    'vendor vendored vendors third_party third-party thirdparty 3rdparty node_modules bower_components external deps'.split(
      ' ',
    ),
  ),
  generated: new Set('generated __generated__ gen autogen dist'.split(' ')),
  example: new Set(
    'example examples sample samples demo demos docs doc tutorial tutorials bench benchmark benchmarks'.split(' '),
  ),
};

/** Patterns over the file name in lower case. All are linear: no nested repetition. */
const FILE_ROLES: readonly (readonly [PathRole, RegExp])[] = [
  ['test', /[._-](?:test|tests|spec|specs|e2e)\.[a-z0-9]+$|^(?:test_[^.]*|conftest|tests)\.py$|_test\.[a-z0-9]+$/u],
  ['vendored', /[.-]min\.(?:js|css|mjs)$/u],
  [
    'generated',
    /\.pb\.(?:go|cc|h)$|_pb2(?:_grpc)?\.pyi?$|\.g\.(?:dart|cs)$|\.designer\.cs$|[._-]generated\.[a-z0-9]+$|^zz_generated/u,
  ],
  ['declaration', /\.d\.[cm]?ts$|\.pyi$/u],
];

/** `FooTest.java`, `FooTests.cs`, `FooSpec.scala`: here only the case tells a test from `latest.java`. */
const CAPITALIZED_TEST = /[a-z0-9](?:Test|Tests|TestCase|Spec|IT)\.(?:java|kt|kts|scala|groovy|cs|swift|php)$/u;

/**
 * Tells the roles a path gives away by its folders and its file name.
 *
 * @param path - Relative to the repository root, with `/`.
 */
export function pathRoles(path: string): ReadonlySet<PathRole> {
  const roles = new Set<PathRole>();
  const segments = path.split('/');
  const fileName = segments.pop() ?? '';
  for (const segment of segments) {
    // `_examples`: Go tools pass over folders that start so. `__tests__` is listed as it is.
    const folded = segment.toLowerCase().replace(/^_(?!_)/u, '');
    for (const role of PATH_ROLES) {
      if (role !== 'declaration' && DIRECTORY_ROLES[role].has(folded)) roles.add(role);
    }
  }
  for (const [role, pattern] of FILE_ROLES) if (pattern.test(fileName.toLowerCase())) roles.add(role);
  if (CAPITALIZED_TEST.test(fileName)) roles.add('test');
  return roles;
}
