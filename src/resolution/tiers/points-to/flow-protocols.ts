/** What points-to resolution must know of a language beside its syntax. */
export interface FlowProtocols {
  /** Functions of the language that give what they are given. */
  readonly passThrough: ReadonlySet<string>;
  /** Functions that make an empty or copied container; true for tables. */
  readonly containers: ReadonlyMap<string, boolean>;
  /** Functions that call an argument: its position and its name as a keyword. */
  readonly callers: ReadonlyMap<string, { readonly position: number; readonly keyword: string }>;
  /** Functions that call a method of their argument. */
  readonly methodCallers: ReadonlyMap<string, string>;
  /** Decorators (last name) that bind no object. */
  readonly staticDecorators: ReadonlySet<string>;
  /** Decorators (last name) that bind the class; methods that do so by their name. */
  readonly classDecorators: ReadonlySet<string>;
  readonly classMethods: ReadonlySet<string>;
  /** Decorators (last name) that make a generator something to enter. */
  readonly contextDecorators: ReadonlySet<string>;
  readonly call: string;
  readonly iterate: string;
  readonly next: string;
  readonly item: string;
  /** Methods called on entering and leaving. */
  readonly enter: readonly string[];
  readonly leave: readonly string[];
}
