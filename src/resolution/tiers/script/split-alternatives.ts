/**
 * What a name may be given, where one of the alternatives is an expression: `= this.pool | createPool()`. A written type
 * (`Pool | null`) is left whole.
 */
export function splitAlternatives(text: string): readonly string[] {
  if (!text.includes(' | ')) return [text];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ('([{<'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && text[at - 1] !== '=')) depth--;
    else if (depth === 0 && text.startsWith(' | ', at)) {
      parts.push(text.slice(start, at));
      start = at + 3;
    }
  }
  parts.push(text.slice(start));
  return parts.some((part) => part.startsWith('=') || part === '{}' || (part.endsWith(')') && !part.startsWith('(')))
    ? parts
    : [text];
}

/** The function that tells of what type a name is, of {@link TypedName.typeName} `=? isPool`. */
export function guardIn(text: string): string | undefined {
  return text.startsWith(GUARD) && !text.includes(' | ') ? text.slice(GUARD.length) : undefined;
}

const GUARD = '=? ';
