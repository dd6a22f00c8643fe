import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';
import { readDeclarator } from '../c/declarators.ts';
import { withoutDirectives } from '../c/preprocessor.ts';
import { readInclude, rules as cRules } from '../c/rules.ts';

/** Deeper messages in messages are not read as receivers. */
const MAX_DEPTH = 12;

/** The selector of a declaration or message: `move:to:` of `- (void)move:(int)x to:(int)y`. */
function selectorOf(node: SyntaxNode, children: readonly SyntaxNode[]): string {
  const parts: string[] = [];
  for (const [index, child] of children.entries()) {
    if (child.type !== 'identifier') continue;
    const next = children[index + 1];
    // A part stands before a colon; the rest are arguments.
    if (next?.type === ':' || next?.type === 'method_parameter') parts.push(`${child.text}:`);
    else if (parts.length === 0 && node.type !== 'message_expression') return child.text;
  }
  return parts.join('');
}

function messageSelector(message: SyntaxNode): string {
  const method = message.childForFieldName('method');
  // What stands before the method is the receiver, which may be a name too.
  const behind = method === null ? [] : message.children.filter(({ startIndex }) => startIndex >= method.startIndex);
  return selectorOf(message, behind) || (method?.text ?? '');
}

/** The name of a use: a message has the name of its whole selector. */
function referenceName(node: SyntaxNode): string {
  const { parent } = node;
  const isMessage =
    parent?.type === 'message_expression' && parent.childForFieldName('method')?.startIndex === node.startIndex;
  return isMessage ? messageSelector(parent) : node.text;
}

/** `[[Pool alloc] init]` is read as `new Pool()`, `[self pool]` as `self.pool()`. */
function receiverText(node: SyntaxNode, depth = 0): string | null {
  if (node.type !== 'message_expression') return null;
  const receiver = node.childForFieldName('receiver');
  if (receiver === null || depth > MAX_DEPTH) return '?';
  const selector = messageSelector(node);
  const inner = receiverText(receiver, depth + 1) ?? receiver.text;
  if ((selector === 'alloc' || selector === 'new') && receiver.type === 'identifier') {
    return inner === 'self' || inner === 'super' ? 'self' : `new ${inner}()`;
  }
  if (selector.startsWith('init') && (inner === 'self' || inner.startsWith('new '))) return inner;
  return selector.includes(':') ? '?' : `${inner}.${selector}()`;
}

function typeName(node: SyntaxNode): string {
  return node.namedChildren.find(({ type }) => type === 'identifier')?.text ?? '';
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { node, kind } = definition;
  switch (node.type) {
    case 'method_declaration':
    case 'method_definition':
      return { name: selectorOf(node, node.children) };
    case 'class_interface':
    case 'class_implementation':
    case 'protocol_declaration':
      return { name: typeName(node) };
    case 'instance_variable':
    case 'property_declaration': {
      const declarator = node.namedChildren.find(({ type }) => type === 'struct_declaration')?.namedChildren.at(-1);
      const name = declarator === undefined ? null : readDeclarator(declarator)?.name.text;
      return name === null || name === undefined ? null : { kind, name };
    }
    default:
      return cRules.refine?.(definition) ?? null;
  }
}

/** What the interface declares, the implementation in the same file defines. */
function mergeRole(definition: DefinitionSyntax): 'declaration' | 'accessor' | null {
  if (definition.node.type === 'method_declaration') return 'declaration';
  return cRules.mergeRole?.(definition) ?? null;
}

function bodyOf(definition: DefinitionSyntax): SyntaxNode | null {
  const { node } = definition;
  switch (node.type) {
    case 'method_definition':
      return node.namedChildren.find(({ type }) => type === 'compound_statement') ?? null;
    case 'class_interface':
    case 'class_implementation':
    case 'protocol_declaration': {
      const members =
        /^(?:instance_variables|property_declaration|method_declaration|implementation_definition|qualified_protocol_interface_declaration)$/u;
      return node.namedChildren.find(({ type }) => members.test(type)) ?? null;
    }
    default:
      return cRules.bodyOf?.(definition) ?? null;
  }
}

/** The type in `(Pool *)`. */
function typeText(node: SyntaxNode): string {
  return node.type === 'method_type'
    ? node.text.replace(/^\(\s*(?:nullable|nonnull|__kindof|const)?\s*|\s*\**\s*\)$/gu, '')
    : (cRules.typeText?.(node) ?? node.text);
}

function isExported(definition: DefinitionSyntax, parentKind: Parameters<SyntaxRules['isExported']>[1]): boolean {
  // A function between the methods of a class is none of its members.
  if (definition.kind === 'function') return cRules.isExported(definition, null);
  return definition.kind === 'method' || definition.kind === 'class' || cRules.isExported(definition, parentKind);
}

/** `#import "Pool.h"` and `@import UIKit;`. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  if (node.type !== 'module_import') return readInclude(node);
  const specifier = node.childForFieldName('path')?.text ?? '';
  return specifier === ''
    ? []
    : [
        {
          specifier: `<${specifier}>`,
          names: [{ name: '*', alias: '*' }],
          reexport: false,
          position: positionOf(node),
        },
      ];
}

const ENUM_MACRO = /(?:\btypedef\s+)?\bNS_(?:CLOSED_ENUM|ENUM|OPTIONS|ERROR_ENUM)\(\s*\w+\s*,\s*(\w+)\s*\)/gu;

/** `typedef NS_ENUM(NSInteger, Color) {` is the enumeration `Color`: written so in the same place. */
function withoutEnumMacros(text: string): string {
  return text.replace(ENUM_MACRO, (macro, name: string) => `enum ${name}${' '.repeat(macro.length - name.length - 5)}`);
}

const METHOD_MACRO = /\b[A-Z][A-Z_]*_METHOD\((?=\s*\w+\s*[:)])/gu;

/** Longer heads of methods are not read. */
const MAX_HEAD = 2_000;

/** `RCT_EXPORT_METHOD(open:(int)a wait:(BOOL)b) {` is a method: written as one in the same place. */
function withoutMethodMacros(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const { 0: macro, index } of text.matchAll(METHOD_MACRO)) {
    const start = index + macro.length;
    let depth = 1;
    let at = start;
    for (; at < text.length && at < start + MAX_HEAD && depth > 0; at++) {
      if (text.charAt(at) === '(') depth++;
      else if (text.charAt(at) === ')') depth--;
    }
    if (depth > 0 || index < done || !/^\s*\{/u.test(text.slice(at, at + 200))) continue;
    parts.push(text.slice(done, index), '- (void)'.padEnd(macro.length), text.slice(start, at - 1), ' ');
    done = at;
  }
  parts.push(text.slice(done));
  return parts.join('');
}

/** Rules of Objective-C: those of C, and classes, protocols and selectors. */
export const rules: SyntaxRules = {
  ...cRules,
  wrapperTypes: new Set(['implementation_definition']),
  prepareText: (text) => withoutMethodMacros(withoutEnumMacros(withoutDirectives(text, { isCpp: false }))),
  refine,
  isExported,
  mergeRole,
  bodyOf,
  typeText,
  readImport,
  referenceName,
  receiverText: (node) => receiverText(node),
};
