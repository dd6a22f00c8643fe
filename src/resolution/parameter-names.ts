import type { Definition, ParameterStyle } from '../parsing/language.ts';

/** Longer parameter lists are cut: patterns may nest as deep as they are long (CWE-674). */
const MAX_SIGNATURE_LENGTH = 2_000;
const NONE: ReadonlySet<string> = new Set();
const KINDS_WITH_PARAMETERS = new Set(['function', 'method', 'constructor', 'variable', 'constant']);

/**
 * Names of the parameters in a definition's signature: a parameter hides an imported function of the same name.
 * Reads plain parameters; names inside destructuring patterns are found for TypeScript and JavaScript only.
 */
export function parameterNames(definition: Definition | undefined, style: ParameterStyle): ReadonlySet<string> {
  if (definition === undefined || !KINDS_WITH_PARAMETERS.has(definition.kind)) return NONE;
  // A value of a script that is a function is defined as one: `const store = create(reducer())` has no parameters.
  if (style === 'patterns' && (definition.kind === 'variable' || definition.kind === 'constant')) return NONE;
  const list = parameterList(definition, style);
  if (list === undefined) return NONE;
  const names = new Set<string>();
  for (const parameter of splitParameters(list)) for (const name of namesOf(parameter.trim(), style)) names.add(name);
  return names;
}

/** Text between the parentheses after the name; of an arrow function with one bare parameter, that parameter. */
function parameterList(definition: Definition, style: ParameterStyle): string | undefined {
  const { name } = definition;
  const signature = definition.signature.slice(0, MAX_SIGNATURE_LENGTH);
  const nameAt = signature.indexOf(name);
  // A Go method has its receiver in parentheses before the name: that one is typed, so it is known already.
  const open = signature.indexOf('(', nameAt < 0 ? 0 : nameAt + name.length);
  if (open < 0 && style === 'patterns') {
    // The signature of `const f = x => …` ends before the arrow.
    return /=\s*(?:async\s+)?([\w$]+)\s*(?:=>.*)?$/s.exec(signature)?.[1];
  }
  if (open < 0) return undefined;
  let depth = 0;
  for (let at = open; at < signature.length; at++) {
    if ('([{'.includes(signature[at] ?? '')) depth++;
    else if (')]}'.includes(signature[at] ?? '') && --depth === 0) return signature.slice(open + 1, at);
  }
  return signature.slice(open + 1);
}

function splitParameters(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    const character = list[at] ?? '';
    if ('([{<'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && list[at - 1] !== '=')) depth--;
    else if (character === ',' && depth === 0) {
      parts.push(list.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(list.slice(start));
  return parts;
}

function namesOf(parameter: string, style: ParameterStyle): string[] {
  if (style === 'name-last') return matchOne(parameter, /([\p{ID_Start}_$][\p{ID_Continue}$]*)(?:\[\])*$/u);
  if (style === 'patterns' && /^[{[]/.test(parameter)) return patternNames(parameter);
  const plain = parameter
    .replace(/^(?:(?:public|private|protected|readonly|override)\s+)+/, '')
    .replace(/^(?:\.\.\.|\*{1,2})/, '');
  return matchOne(plain, /^([\p{ID_Start}_$][\p{ID_Continue}$]*)/u);
}

function matchOne(text: string, pattern: RegExp): string[] {
  const name = pattern.exec(text)?.[1];
  return name === undefined ? [] : [name];
}

/** `{ a, b: c = 1, ...rest }: T` binds a, c and rest. */
function patternNames(pattern: string): string[] {
  const close = pattern.startsWith('{')
    ? pattern.lastIndexOf('}', typeStart(pattern))
    : pattern.lastIndexOf(']', typeStart(pattern));
  return splitParameters(pattern.slice(1, close < 0 ? undefined : close)).flatMap((part) => {
    const [key = '', ...target] = part.split(':');
    const binding = (target.length === 0 ? key : target.join(':')).trim().replace(/^\.\.\./, '');
    return /^[{[]/.test(binding) ? patternNames(binding) : matchOne(binding, /^([\p{ID_Start}_$][\p{ID_Continue}$]*)/u);
  });
}

/** Where the type annotation of a pattern begins, or its end. */
function typeStart(pattern: string): number {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    if ('{['.includes(pattern[at] ?? '')) depth++;
    else if ('}]'.includes(pattern[at] ?? '') && --depth === 0) return at;
  }
  return pattern.length;
}
