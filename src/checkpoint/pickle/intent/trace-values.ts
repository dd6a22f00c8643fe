/**
 * What a pickle would make, followed far enough to say it in words. Unlike {@link PickleValue} it stands for anything,
 * the forbidden too, and is never used for anything but a message.
 */
export type TraceValue = TraceText | TraceLiteral | TraceName | TraceItems | TraceCall;

/** Text or bytes, the first part of it. */
export interface TraceText {
  readonly kind: 'text';
  readonly text: string;
}

/** A value that is written as it is: `None`, `3`, `…`. */
export interface TraceLiteral {
  readonly kind: 'literal';
  readonly text: string;
}

/** A global. */
export interface TraceName {
  readonly kind: 'name';
  readonly module: string;
  readonly name: string;
  /** Absolute position of the instruction that names it. */
  readonly byteOffset: number;
}

/** A tuple, list, set or dict, whose items may still grow. */
export interface TraceItems {
  readonly kind: 'items';
  readonly brackets: '()' | '[]' | '{}';
  readonly items: TraceValue[];
}

/** A call, or an object of a class. */
export interface TraceCall {
  readonly kind: 'call';
  /** Whether the instruction is one for classes. */
  readonly makesObject: boolean;
  readonly callee: TraceValue;
  readonly args: readonly TraceValue[];
  /** What the object is filled with afterwards: of a `functools.partial`, `(function, arguments, keywords, attributes)`. */
  state?: TraceValue | undefined;
}

/** Something that cannot be said. */
export const UNSAID: TraceLiteral = { kind: 'literal', text: '…' };

/** The longest literal that a message shows, in characters. */
const MAX_SHOWN = 80;

/** Characters that move the cursor, hide text, turn its direction or are none: everything but letters, signs and spaces. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a file as part of a message: cut short, and with everything escaped that a terminal would not just show.
 *
 * @param maxLength - In characters. @defaultValue 80
 */
export function shownText(text: string, maxLength: number = MAX_SHOWN): string {
  // Cut first: escapes must not be cut through, and the text may be long. An array counts characters, not halves.
  const characters = Array.from(text.slice(0, 2 * maxLength + 2));
  const shown = characters.slice(0, maxLength).join('');
  const escaped = shown.replaceAll(UNPRINTABLE, (character) => {
    if (character === '\n') return String.raw`\n`;
    return String.raw`\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;
  });
  return characters.length > maxLength ? `${escaped}…` : escaped;
}
