/** Options of every {@link CodeGraphError}. */
export interface CodeGraphErrorOptions<Code extends string = string> {
  /** Stable `AREA_CONDITION` string; safe to switch on. */
  readonly code: Code;
  /** One imperative sentence: what the reader can do about it. */
  readonly hint?: string | undefined;
  /** Values behind the message; what they hold is said beside each code. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The error this one wraps at a layer border. */
  readonly cause?: unknown;
}

const BRAND = Symbol.for('codegraphai.error');

/**
 * Base of every error this package throws on purpose.
 *
 * The message says what happened, with the values, in one sentence and without advice; the advice is the `hint`.
 * Each layer has one subclass with its own codes. Programmer mistakes are `TypeError` or `RangeError` instead.
 */
export class CodeGraphError<Code extends string = string> extends Error {
  override readonly name: string = 'CodeGraphError';
  readonly code: Code;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: CodeGraphErrorOptions<Code>) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Recognises errors of this package even when two copies of it are loaded (`instanceof` would not). */
  static isInstance(value: unknown): value is CodeGraphError {
    return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true;
  }
}

/** Text of anything that was thrown, for messages that wrap it. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node system error such as `ENOENT`, or undefined. */
export function systemErrorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
