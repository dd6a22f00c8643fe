/** A parameter of a function. */
export interface Parameter {
  readonly name: string;
  /** `rest` takes what is left over by position (`*args`), `table` by name (`**kwargs`), `named` only by name. */
  readonly kind: 'plain' | 'rest' | 'table' | 'named';
}

/** Longer parameter lists are cut. */
const MAX_SIGNATURE_LENGTH = 4_000;

/** Reads the parameters from a Python signature: `def f(a, *rest, b=None, **named) -> T`, `f = lambda a: …`. */
export function readParameters(signature: string): Parameter[] {
  const text = signature.slice(0, MAX_SIGNATURE_LENGTH);
  const lambda = /=\s*lambda\b([^:]*)/u.exec(text)?.[1];
  const open = text.indexOf('(');
  if (lambda === undefined && open < 0) return [];
  const parts = lambda === undefined ? topLevelParts(text, open + 1) : lambda.split(',');
  const result: Parameter[] = [];
  let isNamed = false;
  for (const part of parts) {
    const [, stars = '', name] = /^\s*(\*{0,2})\s*([\p{ID_Start}_][\p{ID_Continue}]*)?/u.exec(part) ?? [];
    if (name !== undefined && stars === '') result.push({ name, kind: isNamed ? 'named' : 'plain' });
    else if (name !== undefined) result.push({ name, kind: stars === '*' ? 'rest' : 'table' });
    isNamed ||= stars === '*';
  }
  return result;
}

/** Texts between the commas of a parenthesis; `start` is behind its opening. */
function topLevelParts(text: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"' || character === "'") {
      const end = text.indexOf(character, at + 1);
      at = end < 0 ? text.length : end;
    } else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) {
      if (--depth < 0) break;
    } else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from, at));
  return parts;
}
