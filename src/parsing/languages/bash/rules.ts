import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

/** `readonly`, or `declare -r`: the value stays. */
const READ_ONLY = /^(?:readonly\b|(?:declare|typeset|local)\s+(?:-\w*\s+)*-\w*r)/u;

function refine({ node, kind }: DefinitionSyntax): DefinitionRefinement {
  if (kind !== 'variable') return {};
  const parent = node.parent;
  return parent?.type === 'declaration_command' && READ_ONLY.test(parent.text) ? { kind: 'constant' } : {};
}

/** `source "$(dirname "$0")/lib.sh"`: the path with its expansions; what stands for the folder is left to resolution. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const argument = node.childForFieldName('argument');
  const specifier = argument?.text.replace(/^(["'])([^]*)\1$/u, '$2').trim() ?? '';
  if (specifier === '') return [];
  return [{ specifier, names: [{ name: '*', alias: '*' }], reexport: false, position: positionOf(node) }];
}

/** Rules of Bash and other POSIX shells. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(['declaration_command']),
  decoratorTypes: new Set(),
  commentTypes: new Set(['comment']),
  sharesPackageScope: true,
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  refine,
  isExported: () => true,
  readImport,
};
