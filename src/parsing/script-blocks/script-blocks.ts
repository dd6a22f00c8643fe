/** A part of a single-file component that is no script: what the component shows. */
export interface MarkupBlock {
  readonly start: number;
  readonly end: number;
}

/** A single-file component, taken apart. */
export interface ComponentBlocks {
  /** The text with everything but the scripts blanked: offsets and lines are those of the file. */
  readonly script: string;
  /** Value of `lang` of the first script that has one, or empty. */
  readonly lang: string;
  /** Files that scripts name instead of holding code: `<script src="./pool.ts">`. */
  readonly sources: readonly { readonly path: string; readonly offset: number }[];
  readonly markup: readonly MarkupBlock[];
}

const OPENING = /<(!--|script|style|template|svelte:head)(?=[\s>/-])/giy;
const ATTRIBUTES = /(?:[^>"']|"[^"]*"|'[^']*')*>/y;
const LANG = /\blang\s*=\s*["']?([\w-]+)/i;
const SRC = /\bsrc\s*=\s*(["'])([^"']+)\1/i;

/**
 * Takes a component of Vue or Svelte apart. Only blocks at the top count: a `<script>` in a template is part of what is
 * shown.
 *
 * @param isTemplateMarkup - Markup stands in a `<template>` of its own (Vue), not beside the scripts (Svelte).
 */
export function readComponentBlocks(text: string, isTemplateMarkup: boolean): ComponentBlocks {
  const scripts: MarkupBlock[] = [];
  const markup: MarkupBlock[] = [];
  const sources: { path: string; offset: number }[] = [];
  let lang = '';
  let markupStart = 0;
  let at = text.indexOf('<');
  while (at >= 0) {
    OPENING.lastIndex = at;
    const tag = OPENING.exec(text)?.[1]?.toLowerCase();
    if (tag === undefined) {
      at = text.indexOf('<', at + 1);
      continue;
    }
    const end = tag === '!--' ? endOfText(text, '-->', at) : endOfElement(text, tag, at);
    if (!isTemplateMarkup && tag !== 'template') {
      addMarkup(markup, text, markupStart, at);
      markupStart = end;
    }
    if (tag === 'template' && isTemplateMarkup) markup.push({ start: at, end });
    if (tag === 'script') {
      const attributes = openingTag(text, tag, at);
      const body = at + attributes.length;
      scripts.push({ start: body, end: Math.max(body, text.lastIndexOf('</', end - 1)) });
      lang ||= LANG.exec(attributes)?.[1]?.toLowerCase() ?? '';
      const path = SRC.exec(attributes)?.[2];
      if (path !== undefined) sources.push({ path, offset: at });
    }
    at = text.indexOf('<', tag === 'template' && !isTemplateMarkup ? at + 1 : end);
  }
  if (!isTemplateMarkup) addMarkup(markup, text, markupStart, text.length);
  return { script: keepOnly(text, scripts), lang, sources, markup };
}

function addMarkup(markup: MarkupBlock[], text: string, start: number, end: number): void {
  const part = text.slice(start, end);
  const trimmed = part.trim();
  if (trimmed === '') return;
  const from = start + part.indexOf(trimmed);
  markup.push({ start: from, end: from + trimmed.length });
}

function openingTag(text: string, tag: string, start: number): string {
  ATTRIBUTES.lastIndex = start + tag.length + 1;
  const rest = ATTRIBUTES.exec(text)?.[0];
  return rest === undefined ? text.slice(start) : text.slice(start, start + tag.length + 1 + rest.length);
}

function endOfText(text: string, closing: string, start: number): number {
  const end = text.indexOf(closing, start);
  return end < 0 ? text.length : end + closing.length;
}

/** Behind the end tag. A template may hold others; a script ends with the first `</script`. */
function endOfElement(text: string, tag: string, start: number): number {
  const opening = openingTag(text, tag, start);
  if (opening.endsWith('/>')) return start + opening.length;
  const tags = new RegExp(`<(/?)${tag}(?=[\\s>/])(?:[^>"']|"[^"]*"|'[^']*')*>`, 'giu');
  tags.lastIndex = start + opening.length;
  let depth = 1;
  for (let match = tags.exec(text); match !== null; match = tags.exec(text)) {
    if (match[1] === '/') depth--;
    else if (tag === 'template' && !match[0].endsWith('/>')) depth++;
    if (depth === 0) return match.index + match[0].length;
  }
  return text.length;
}

function keepOnly(text: string, spans: readonly MarkupBlock[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of spans) {
    parts.push(blank(text.slice(done, start)), text.slice(start, end));
    done = end;
  }
  parts.push(blank(text.slice(done)));
  return parts.join('');
}

const blank = (text: string): string => text.replace(/[^\r\n]/gu, (character) => ' '.repeat(character.length));
