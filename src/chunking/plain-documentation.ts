import { foldBlanks } from '../kernel/text/fold-blanks.ts';

const INLINE_TAG = /\{@\w{1,20}\s+([^{}]{0,200})\}/gu;
const MARKUP_TAG = /<\/?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,200})?\/?>/giu;
const ROLE = /:[a-z]{1,20}:(?=`)/gu;
const CREDIT = /@(?:author|since|version|copyright|license)\b[^@\n]*/gu;
/** Characters read of a documentation: far more than any chunk holds of it. */
const MAX_LENGTH = 2_000;
/** A sentence ends with its mark before a blank, if more than an abbreviation lies before it. */
const SENTENCE = /^.{12,}?[.!?。！？](?=\s|$)/su;

/** Documentation without the markup of its tool: `{@link Pool}` is `Pool`, paragraphs and credits are gone. */
export function plainDocumentation(documentation: string): string {
  let text = documentation.slice(0, MAX_LENGTH).toWellFormed();
  if (text.includes('{@')) text = text.replace(INLINE_TAG, '$1');
  if (text.includes('<')) text = text.replace(MARKUP_TAG, ' ');
  if (text.includes('`')) text = text.replace(ROLE, '');
  if (text.includes('@')) text = text.replace(CREDIT, '');
  return foldBlanks(text).trim();
}

/** The first sentence of plain documentation, or all of it. */
export function firstSentence(documentation: string): string {
  return SENTENCE.exec(documentation)?.[0] ?? documentation;
}
