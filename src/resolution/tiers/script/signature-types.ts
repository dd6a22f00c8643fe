import type { Declaration } from '../../project-index.ts';
import type { ParameterNode, TypeParameterNode } from './type-node.ts';
import { readParameters, readType, readTypeParameters } from './type-reader.ts';
import type { Bindings, BoundType } from './script-value.ts';

const typeParameters = new WeakMap<Declaration, readonly TypeParameterNode[]>();
const parameters = new WeakMap<Declaration, readonly ParameterNode[]>();
const NONE: readonly never[] = [];

/** Generic parameters of a type or function, read from its signature. */
export function typeParametersOf(declaration: Declaration): readonly TypeParameterNode[] {
  let known = typeParameters.get(declaration);
  if (known === undefined) {
    const { signature } = declaration.definition;
    const open = signature.includes('<') ? openingAngle(declaration) : -1;
    known = open < 0 ? NONE : readTypeParameters(signature.slice(open + 1));
    typeParameters.set(declaration, known);
  }
  return known;
}

/** Where the list behind the name begins: `class Pool<T>`, `function run<T>(`, `const run = <T>(`. */
function openingAngle({ definition: { signature, name } }: Declaration): number {
  const nameAt = wordAt(signature, name);
  const rest = signature.slice(nameAt < 0 ? 0 : nameAt + name.length);
  const found = /^\s*(?:[?!]?\s*(?::[^=]*)?=\s*(?:async\s+)?(?:function\s*\w*\s*)?)?</u.exec(rest);
  return found === null ? -1 : signature.length - rest.length + found[0].length - 1;
}

function wordAt(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\w$]/u.test(text[at - 1] ?? '') && !/[\w$]/u.test(text[at + word.length] ?? '')) return at;
  }
  return -1;
}

/** Parameters of a function with their types, as far as its signature shows them. */
export function parametersOf(declaration: Declaration): readonly ParameterNode[] {
  let known = parameters.get(declaration);
  if (known === undefined) {
    known = readSignature(declaration);
    parameters.set(declaration, known);
  }
  return known;
}

function readSignature({ definition, file, index }: Declaration): readonly ParameterNode[] {
  const { signature, name } = definition;
  const nameAt = wordAt(signature, name);
  const open = openingParenthesis(signature, nameAt < 0 ? 0 : nameAt + name.length);
  if (open < 0) return NONE;
  const typed = file.typedNames.get(index);
  // A long signature is cut: the types of its last parameters are those of the local names.
  return readParameters(signature.slice(open + 1)).map((parameter) => {
    const text = parameter.name === '' ? undefined : typed?.get(parameter.name);
    const isType = text !== undefined && text !== '' && !/^=|^[^(].*\)$| \| = /u.test(text);
    return isType && signature.endsWith('…') ? { ...parameter, type: readType(text) } : parameter;
  });
}

/** The parenthesis that opens the parameters: behind generic parameters, whose bounds may have parentheses. */
function openingParenthesis(signature: string, start: number): number {
  let depth = 0;
  for (let at = start; at < signature.length; at++) {
    const character = signature[at];
    if (character === '<') depth++;
    else if (character === '>' && signature[at - 1] !== '=') depth--;
    else if (character === '(' && depth === 0) return at;
  }
  return -1;
}

/** What generic parameters stand for where arguments are given; those without one have their default. */
export function bind(
  parametersList: readonly TypeParameterNode[],
  given: readonly BoundType[],
  own: BoundType['environment'],
): Bindings | undefined {
  if (parametersList.length === 0) return own.bindings;
  const bindings = new Map(own.bindings);
  const environment = { ...own, bindings };
  parametersList.forEach(({ name, bound, otherwise }, at) => {
    const argument = given[at];
    const fallback = otherwise ?? bound;
    if (argument !== undefined) bindings.set(name, argument);
    else if (fallback !== undefined) bindings.set(name, { node: fallback, environment });
    else bindings.delete(name);
  });
  return bindings;
}
