import type { Edge } from '../graph/edge.ts';
import { CALL_KINDS } from '../graph/edge-groups.ts';
import { pathRoles } from '../graph/path-role.ts';
import { fileNodeId } from '../graph/symbol.ts';
import type { NodeId } from '../graph/symbol.ts';
import { isType } from './project-index.ts';
import type { Declaration, FileScope } from './project-index.ts';

/** Annotations and attributes of test methods: JUnit, TestNG, xUnit, NUnit, MSTest, PHPUnit. */
const TEST_ANNOTATIONS: ReadonlySet<string> = new Set([
  'Test',
  'ParameterizedTest',
  'RepeatedTest',
  'TestFactory',
  'TestTemplate',
  'Property',
  'Fact',
  'Theory',
  'TestCase',
  'TestCaseSource',
  'TestMethod',
  'DataTestMethod',
]);

/** `test_orders`, `testOrders`, `TEST_F`, `TestOrders`, `BenchmarkOrders`. */
const TEST_NAME = /^(?:tests?(?:$|[_A-Z\d])|TEST(?:$|_)|(?:Test|Benchmark|Fuzz|Example)(?:$|[_A-Z\d])|should[_A-Z])/u;

/** Languages whose tests are blocks of a file, class or module: `it('…', () => …)`, `test "…" do`. */
const BLOCK_LANGUAGES: ReadonlySet<string> = new Set([
  'script',
  'ruby',
  'dart',
  'elixir',
  'r',
  'lua',
  'scala',
  'jvm',
  'bash',
]);

const CALLS: ReadonlySet<Edge['kind']> = new Set(CALL_KINDS);

const isTestPath = (path: string): boolean => pathRoles(path).has('test');

/** The path in a symbol's id. */
const pathOf = (id: NodeId): string => id.slice(0, Math.max(0, id.indexOf('#')));

/**
 * Edges from tests to what they call directly, helpers of tests left out: one for each pair, as sure as the call.
 * Whether code is a test is told by the path of its file, its name, and its annotations alone.
 *
 * @param edges - Of the file.
 */
export function testEdges(file: FileScope, edges: readonly Edge[]): Edge[] {
  const isTestFile = isTestPath(file.parsed.path);
  const module = file.rules.group === 'rust' && !isTestFile ? testModule(file) : undefined;
  if (!isTestFile && module === undefined) return [];
  const tests = new TestFinder(file, module);
  const outside = new Map<string, boolean>();
  const isTested = (target: NodeId): boolean => {
    const path = pathOf(target);
    if (module !== undefined && path === file.parsed.path) return tests.testOf(target) === undefined;
    let is = outside.get(path);
    if (is === undefined) outside.set(path, (is = path !== '' && !isTestPath(path)));
    return is;
  };
  const found = new Map<string, Edge>();
  for (const edge of edges) {
    if (!CALLS.has(edge.kind) || !isTested(edge.target)) continue;
    const source = tests.testOf(edge.source);
    if (source === undefined) continue;
    const key = `${source}\0${edge.target}`;
    const known = found.get(key);
    if (known === undefined || known.confidence < edge.confidence) found.set(key, { ...edge, kind: 'tests', source });
  }
  return [...found.values()];
}

/** `mod tests { … }` below the code it is about. */
function testModule({ declarations }: FileScope): Declaration | undefined {
  return declarations.find(({ definition }) => definition.kind === 'module' && /^tests?$/u.test(definition.name));
}

/** Finds the test that a node of one file is part of. */
class TestFinder {
  readonly #file: FileScope;
  readonly #module: Declaration | undefined;
  readonly #byId: ReadonlyMap<NodeId, Declaration>;
  readonly #annotated: ReadonlySet<number>;

  /** @param module - The part of the file that is tests, where that is not all of it. */
  constructor(file: FileScope, module: Declaration | undefined) {
    this.#file = file;
    this.#module = module;
    this.#byId = new Map(file.declarations.map((declaration) => [declaration.id, declaration]));
    this.#annotated = new Set(
      file.parsed.references.flatMap(({ kind, name, enclosing }) =>
        kind !== 'calls' && TEST_ANNOTATIONS.has(name) ? [enclosing] : [],
      ),
    );
  }

  /** The test a node is, or stands in; undefined for helpers and anything else. */
  testOf(node: NodeId): NodeId | undefined {
    const isBlocks = BLOCK_LANGUAGES.has(this.#file.rules.group);
    if (node === fileNodeId(this.#file.parsed.path)) return isBlocks ? node : undefined;
    const start = this.#byId.get(node);
    if (start === undefined) return undefined;
    for (let at: Declaration | null = start; at !== null; at = at.parent) {
      if (this.#module !== undefined ? at.parent === this.#module : this.#isTest(at)) return at.id;
    }
    return isBlocks && this.#module === undefined && (isType(start) || start.definition.kind === 'module')
      ? node
      : undefined;
  }

  #isTest({ definition, index }: Declaration): boolean {
    if (definition.kind !== 'function' && definition.kind !== 'method') return false;
    if (this.#annotated.has(index)) return true;
    return this.#file.rules.group !== 'script' && TEST_NAME.test(definition.name);
  }
}
