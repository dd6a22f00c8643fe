import type { SyntaxNode } from '../../tree-sitter/syntax-node.ts';

/** What a C declarator declares: in `char *(*find)(int)` the name is buried among what surrounds its use. */
export interface Declarator {
  /** The node of the name; qualified in C++: `Pool::acquire`. */
  readonly name: SyntaxNode;
  /** It declares a function, not a pointer to one. */
  readonly isFunction: boolean;
}

/** Deeper declarators are made to exhaust, not to be read. */
const MAX_DEPTH = 50;

const NAME_TYPES: ReadonlySet<string> = new Set([
  'identifier',
  'field_identifier',
  'type_identifier',
  'primitive_type',
  'qualified_identifier',
  'destructor_name',
  'operator_name',
  'operator_cast',
  'template_function',
]);

/** Follows a declarator down to its name; null where it has none. */
export function readDeclarator(declarator: SyntaxNode): Declarator | null {
  let isFunction = false;
  let node: SyntaxNode | null = declarator;
  for (let depth = 0; node !== null && depth < MAX_DEPTH; depth++) {
    if (NAME_TYPES.has(node.type)) return { name: node, isFunction: isFunction || isOperatorCast(node) };
    // The innermost of function and pointer is what the name is: `*f()` is a function, `(*f)()` a pointer.
    if (node.type === 'function_declarator') isFunction = true;
    else if (node.type === 'pointer_declarator' || node.type === 'array_declarator') isFunction = false;
    else if (node.type === 'block_pointer_declarator' || node.type === 'init_declarator') isFunction = false;
    const inner: SyntaxNode | null = node.childForFieldName('declarator') ?? innerDeclarator(node);
    node = inner;
  }
  return null;
}

/** Some declarators hold the inner one without naming it. */
function innerDeclarator(node: SyntaxNode): SyntaxNode | null {
  return node.namedChildren.findLast(({ type }) => type.endsWith('declarator') || NAME_TYPES.has(type)) ?? null;
}

function isOperatorCast(node: SyntaxNode): boolean {
  if (node.type === 'operator_cast') return true;
  const name = node.type === 'qualified_identifier' ? node.childForFieldName('name') : null;
  return name !== null && isOperatorCast(name);
}
