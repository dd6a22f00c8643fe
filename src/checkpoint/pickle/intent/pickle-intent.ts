/** What the pickle of a file asks for that no state dict needs. */
export interface PickleIntent {
  /** What is named, as the file spells it. */
  readonly module: string;
  readonly name: string;
  /** Absolute position in the file of the instruction that names it. */
  readonly byteOffset: number;
  /** After "would have": what unpickling it in Python does. Undefined when that cannot be told. */
  readonly wouldHave: string | undefined;
  /**
   * `hostile`: names what only an attack needs. `whole-module`: a pickled `torch.nn.Module`, as people save by mistake.
   */
  readonly kind: 'hostile' | 'whole-module' | 'unknown';
}
