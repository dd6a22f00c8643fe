import { foldBlanks } from '../../kernel/text/fold-blanks.ts';
import { isFunctionKind, isValueKind, type DefinitionDraft } from './definition-drafts.ts';
import { leadingDocumentation } from './documentation.ts';
import type { SyntaxNode } from './syntax-node.ts';
import type { SyntaxRules } from './syntax-rules.ts';
import { writtenTypeOf } from './type-name.ts';

/** Longer signatures are cut: they are shown on one line. */
const MAX_SIGNATURE_LENGTH = 400;

/** Source read for a signature, before folding. */
const MAX_SIGNATURE_SOURCE = 4_000;

/** What stands between a signature and its body. */
const BODY_MARKS: readonly string[] = ['=>', '=', '{', ', do:', ':'];

/** What ends a definition without one. */
const STATEMENT_MARKS: readonly string[] = [';', ','];

/** Where the type stands that another name is given to. */
const ALIAS_FIELDS: readonly string[] = ['type', 'value'];

/** Where the body starts: after the signature; the end where there is none. */
export function bodyOffsetOf(draft: DefinitionDraft, rules: SyntaxRules): number {
  const node = draft.node;
  const given = rules.bodyOf?.(draft) ?? null;
  if (given !== null) return given.startIndex;
  const value = node.childForFieldName('value') ?? node.childForFieldName('right');
  const body = node.childForFieldName('body') ?? value?.childForFieldName('body') ?? null;
  if (body !== null) return body.startIndex;
  if (value !== null && isValueKind(draft.kind) && value.endPosition.row > value.startPosition.row) {
    return value.startIndex;
  }
  return draft.endOffset;
}

/** The definition on one line, without decorators and body. */
export function signatureOf(draft: DefinitionDraft, bodyOffset: number, rules: SyntaxRules, text: string): string {
  const start = rules.signatureStart?.(draft) ?? signatureStart(draft, rules);
  const raw = text.slice(start, Math.min(bodyOffset, start + MAX_SIGNATURE_SOURCE));
  const folded = foldBlanks(raw).trim();
  const bare = withoutEnding(folded, bodyOffset < draft.endOffset ? BODY_MARKS : STATEMENT_MARKS);
  return bare.length > MAX_SIGNATURE_LENGTH ? `${bare.slice(0, MAX_SIGNATURE_LENGTH - 1)}…` : bare;
}

/** By hand: a regular expression anchored at the end starts at every blank. */
function withoutEnding(text: string, marks: readonly string[]): string {
  const mark = marks.find((ending) => text.endsWith(ending));
  return mark === undefined ? text : text.slice(0, -mark.length).trimEnd();
}

function signatureStart(draft: DefinitionDraft, rules: SyntaxRules): number {
  for (const child of draft.outer.children) {
    if (!rules.decoratorTypes.has(child.type) && !rules.commentTypes.has(child.type)) {
      // Decorators may also stand inside the definition, behind its wrapper.
      return child.type === draft.node.type && draft.outer !== draft.node ? innerStart(child, rules) : child.startIndex;
    }
  }
  return draft.outer.startIndex;
}

function innerStart(node: SyntaxNode, rules: SyntaxRules): number {
  const first = node.children.find((child) => !rules.decoratorTypes.has(child.type));
  return first?.startIndex ?? node.startIndex;
}

/** Documentation inside the definition, or in the comments above it. */
export function documentationOf(draft: DefinitionDraft, rules: SyntaxRules): string {
  return rules.docstring?.(draft) ?? leadingDocumentation(draft.first, rules.commentTypes);
}

/** The declared or returned type, as one name. */
export function declaredTypeOf(draft: DefinitionDraft, rules: SyntaxRules): string | undefined {
  if (draft.capturedType !== '') return writtenTypeOf(draft.capturedType, rules);
  const given = rules.declaredType?.(draft);
  if (given !== undefined) return writtenTypeOf(given, rules);
  const value = draft.kind === 'type' ? null : draft.node.childForFieldName('value');
  for (const field of typeFieldsOf(draft, rules)) {
    const node = draft.node.childForFieldName(field) ?? value?.childForFieldName(field) ?? null;
    if (node === null) continue;
    const text = rules.typeText?.(node) ?? node.text;
    return writtenTypeOf(text, rules) || undefined;
  }
  return undefined;
}

function typeFieldsOf(draft: DefinitionDraft, rules: SyntaxRules): readonly string[] {
  if (draft.kind === 'type') return ALIAS_FIELDS;
  return isFunctionKind(draft.kind) ? rules.returnTypeFields : rules.typeFields;
}
