const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What a JSON text would become. */
export interface JsonMeasure {
  /** Deepest nesting of arrays and objects; 0 when there are none. */
  readonly depth: number;
  /** Arrays, objects and commas: at least the number of values less one, at most twice that number. */
  readonly valueCount: number;
}

/**
 * Measures a JSON text without parsing it: `JSON.parse` makes 40 bytes out of each `[],`, and values nested some
 * thousand deep overflow the stack of whoever walks them later (CWE-674, CWE-770).
 *
 * @param text - Anything; the measure of what is no JSON means nothing.
 */
export function measureJson(text: string): JsonMeasure {
  let open = 0;
  let depth = 0;
  let valueCount = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = closingQuote(text, at);
    else if (unit === COMMA) valueCount += 1;
    else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      valueCount += 1;
      open += 1;
      depth = Math.max(depth, open);
    } else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) open -= 1;
  }
  return { depth, valueCount };
}

function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
  return text.length;
}
