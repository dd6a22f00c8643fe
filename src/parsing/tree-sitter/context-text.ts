import type { SyntaxNode } from './syntax-node.ts';
import { endOfComment, valueTextOf } from './value-text.ts';

/** Longer argument lists are not counted. */
const MAX_COUNTED_LENGTH = 5_000;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Where a parameter without a type gets it from: `0.1 operate` for the second parameter of a function that is the first
 * argument of `operate(…)`, `^.0 ` for one that the function around gives back, `0:next.0 observe` where it is the property `next` of that argument, `.0 Handler` where the
 * function is declared to be a `Handler`.
 *
 * @param nodes - By capture name: `typed.function`, `typed.parameters` and `typed.property`.
 * @param context - Arguments of a call, or a type annotation.
 * @param nameOffset - Where the parameter stands.
 * @returns Empty where that cannot be said.
 */
export function contextOf(
  nodes: Readonly<Record<string, SyntaxNode | undefined>>,
  context: SyntaxNode,
  nameOffset: number,
  text: string,
): string {
  const list = nodes['typed.parameters'];
  const parameter = list === undefined ? 0 : separatorsBetween(text, list.startIndex + 1, nameOffset);
  if (parameter === undefined) return '';
  const property = nodes['typed.property'];
  const place = `${property === undefined ? '' : `:${property.text}`}.${parameter}`;
  if (context.type === 'type_annotation') return `${place} ${context.text.replace(/^:\s*/u, '')}`;
  if (context.type === 'return_statement' || context.type === 'arrow_function') return `^${place} `;
  const start = functionOrObject(nodes)?.startIndex ?? nameOffset;
  const argument = separatorsBetween(text, context.startIndex + 1, start);
  const call = context.parent;
  const callee = call?.childForFieldName('function') ?? call?.childForFieldName('constructor') ?? null;
  const value = callee === null ? undefined : valueTextOf(callee.text, true);
  if (argument === undefined || value === undefined) return '';
  const made = call?.type === 'new_expression' ? 'new ' : '';
  return `${argument}${place} ${made}${value}`;
}

/**
 * What says of which type a function or object is that is written in it. Found from below: a pattern that starts there
 * would be tried at every node inside.
 */
export function contextAround(written: SyntaxNode | null | undefined): SyntaxNode | null {
  let around = written?.parent ?? null;
  if (around?.type === 'parenthesized_expression') around = around.parent;
  switch (around?.type) {
    case 'arguments':
    case 'return_statement':
      return around;
    case 'arrow_function':
      // What an arrow gives back at once.
      return written?.type === 'object' ? around : null;
    case 'variable_declarator':
    case 'public_field_definition':
      return around.childForFieldName('type');
    default:
      return null;
  }
}

/** What is the argument: the function, or the object it is a property of. */
export function functionOrObject(
  nodes: Readonly<Record<string, SyntaxNode | undefined>>,
): SyntaxNode | null | undefined {
  const node = nodes['typed.function'];
  return nodes['typed.property'] === undefined ? node : node?.parent;
}

/** Commas outside of brackets and strings. */
function separatorsBetween(text: string, start: number, end: number): number | undefined {
  if (end - start > MAX_COUNTED_LENGTH) return undefined;
  const open: string[] = [];
  let count = 0;
  for (let at = start; at < end; at++) {
    const character = text.charAt(at);
    const comment = character === '/' ? endOfComment(text, at) : undefined;
    if (comment !== undefined) at = comment;
    else if (character === ',') count += open.length === 0 ? 1 : 0;
    else if (character === '"' || character === "'" || character === '`') {
      at = endOfString(text, at, end);
    } else if (CLOSING[character] !== undefined) open.push(CLOSING[character]);
    else if (character === open.at(-1)) open.pop();
  }
  return count;
}

function endOfString(text: string, start: number, end: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < end; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return end;
}
