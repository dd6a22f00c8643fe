import type { SymbolKind } from '../../graph/symbol.ts';
import type { Reference, ValueFlow } from '../language.ts';
import { ParsingError } from '../parsing-error.ts';

/** Kinds a tree-sitter query may define. */
const DEFINITION_KINDS = [
  'module',
  'namespace',
  'class',
  'interface',
  'struct',
  'enum',
  'type',
  'function',
  'method',
  'constructor',
  'property',
  'field',
  'variable',
  'constant',
  'route',
] as const satisfies readonly SymbolKind[];

/** Kinds of use a tree-sitter query may report. */
const REFERENCE_KINDS = ['calls', 'instantiates', 'references'] as const satisfies readonly Reference['kind'][];

const FLOW_KINDS = [
  'assigned',
  'element',
  'entered',
  'returned',
  'yielded',
  'delegated',
  'decorated',
  'called',
  'instance',
  'outer',
] as const satisfies readonly ValueFlow['kind'][];

/** Looked up for every capture of a file. */
const DEFINITION_CAPTURES: ReadonlyMap<string, SymbolKind> = new Map(
  DEFINITION_KINDS.map((kind) => [`definition.${kind}`, kind]),
);
const REFERENCE_CAPTURES: ReadonlyMap<string, Reference['kind']> = new Map(
  REFERENCE_KINDS.map((kind) => [`reference.${kind}`, kind]),
);
const FLOW_CAPTURES: ReadonlyMap<string, ValueFlow['kind']> = new Map(FLOW_KINDS.map((kind) => [`flow.${kind}`, kind]));

/**
 * The closed vocabulary of `symbols.scm`.
 * - `definition.<kind>` the whole definition, with `name` (its name node), and optionally `owner` (the type it belongs
 *   to where that is not the enclosing one), `type` (its declared type), `member` (it belongs to the class around the
 *   enclosing function: `self.x = …`)
 * - `reference.<kind>` the name node of a use, with optional `receiver`; of several receivers the text from the first to
 *   the last counts (`a::b::run()` in C++ has no node for `a::b`). Where several patterns report the same name
 *   node, the first pattern in the file wins.
 * - `suffix` text that belongs to the name of the reference: the `!` of a macro in Rust
 * - `ignore` a name node that is no reference although a later pattern says so
 * - `base.extends`, `base.implements` a base type of the innermost definition around it, or of the type of the file that
 *   `base.owner` names
 * - `passed` a name that is handed on as a value: a use, where the file defines a function or type of the name or imports it
 * - `typed.name` a local name; with `typed.type` its declared type, `typed.class` the class its value is made of, or
 *   `typed.value` the expression its value comes from, `typed.assigned` one it is given later: of several patterns for one name the first of these counts. With
 *   `typed.key` it is that member of the value or type, with `typed.element` an element of it, with `typed.first` its member `0`, with
 *   `typed.second` and `typed.third` the members `1` and `2`, with
 *   `typed.list` a list of that type. Alone: nothing is known.
 * - `typed.context` beside `typed.name`, a parameter without a type: the arguments its function is one of, or the type the
 *   function is declared to have; with `typed.function` the function, `typed.parameters` the list the name stands in, and
 *   `typed.property` where the function is that property of an object
 * - `typed.narrowed` beside `typed.name` and `typed.type` or `typed.class`: where the name is known to be of that type; a
 *   `scope.block` of its own. With `typed.guard` the function that was asked for it
 * - `scope.block`, `scope.function` a node whose names are visible only inside of it; the function around what is `returned`
 * - `scope.type` a type with names in it that are no names of the code around
 * - `returned` a value the innermost function gives back
 * - `type.last`, `typed.last`, `returned.last` the node the text of `type`, of a typed name's type or value, or of what is `returned`
 *   ends with, where several nodes make it
 * - `base.arguments` type arguments of a base
 * - `definition.route` with `name`: what may be a route, of which the language's rules for frameworks make routes
 * - `handler` the name of a function that a framework calls because it is written here: `Depends(current_user)`
 * - `event` the text that names an event which is emitted
 * - `arguments` the node around a call's arguments, beside `reference.calls`
 * - `flow.<kind>` a value on its way, with `flow.target` where it goes, `flow.at` the place of the call it makes (`ValueFlow` in ../language.ts)
 * - `type.parameter` a generic parameter of the innermost definition around it: its uses are no references
 * - `import`, `export` statements that the language's rules read; `package` the name of the package
 * - names that start with `_` are private to a pattern's predicates
 */
const PLAIN_CAPTURES: ReadonlySet<string> = new Set([
  'name',
  'owner',
  'type',
  'member',
  'receiver',
  'arguments',
  'handler',
  'event',
  'suffix',
  'ignore',
  'base.extends',
  'base.implements',
  'base.owner',
  'typed.name',
  'typed.type',
  'typed.class',
  'typed.value',
  'typed.assigned',
  'typed.key',
  'typed.element',
  'typed.first',
  'typed.second',
  'typed.third',
  'typed.list',
  'typed.context',
  'passed',
  'typed.narrowed',
  'typed.guard',
  'typed.function',
  'typed.parameters',
  'typed.property',
  'scope.block',
  'scope.function',
  'scope.type',
  'returned',
  'type.last',
  'typed.last',
  'returned.last',
  'base.arguments',
  'type.parameter',
  'import',
  'export',
  'package',
  ...DEFINITION_CAPTURES.keys(),
  ...REFERENCE_CAPTURES.keys(),
  'flow.target',
  'flow.at',
  ...FLOW_CAPTURES.keys(),
]);

/**
 * Checks the capture names of a compiled query against the vocabulary.
 *
 * @throws {@link ParsingError} `PARSING_QUERY_INVALID` naming the first unknown capture.
 */
export function assertKnownCaptures(language: string, captureNames: readonly string[]): void {
  const unknown = captureNames.find((name) => !name.startsWith('_') && !PLAIN_CAPTURES.has(name));
  if (unknown === undefined) return;
  throw new ParsingError(`The query of language ${language} captures @${unknown}, which is not in the vocabulary`, {
    code: 'PARSING_QUERY_INVALID',
    hint: 'Use the capture names listed in src/parsing/tree-sitter/captures.ts.',
    details: { language, capture: unknown },
  });
}

/** The kind behind a `scope.<kind>` capture, or undefined for other captures. */
export function blockKindOf(capture: string): 'block' | 'function' | 'type' | undefined {
  switch (capture) {
    case 'scope.block':
      return 'block';
    case 'scope.function':
      return 'function';
    case 'scope.type':
      return 'type';
    default:
      return undefined;
  }
}

/** The kind behind a `definition.<kind>` capture, or undefined for other captures. */
export function definitionKindOf(capture: string): SymbolKind | undefined {
  return DEFINITION_CAPTURES.get(capture);
}

/** The kind behind a `reference.<kind>` capture, or undefined for other captures. */
export function referenceKindOf(capture: string): Reference['kind'] | undefined {
  return REFERENCE_CAPTURES.get(capture);
}

/** The kind behind a `flow.<kind>` capture, or undefined for other captures. */
export function flowKindOf(capture: string): ValueFlow['kind'] | undefined {
  return FLOW_CAPTURES.get(capture);
}
