import type { Numerics } from '../encoder.ts';

/**
 * Ways to run a Linear whose weight the checkpoint holds as float, fastest and least exact first:
 *
 * - `int8`: weights with one scale an output, activations with one scale a tensor. A third of the time of `float32`.
 * - `rowwise`: the same weights, activations with one scale a token: one token's outlier costs the others nothing. A
 *   quarter slower than `int8`.
 * - `float32`: as stored.
 */
export const LINEAR_FORMS = ['int8', 'rowwise', 'float32'] as const;
export type LinearForm = (typeof LINEAR_FORMS)[number];

/** The part a Linear has in the network. `dense` ones stand behind the pooling: they see one row a text. */
export const LINEAR_ROLES = ['query', 'key', 'value', 'attention-output', 'intermediate', 'output', 'dense'] as const;
export type LinearRole = (typeof LINEAR_ROLES)[number];

/** A Linear of the network. */
export interface LinearLayer {
  /** Module path without prefix, such as `encoder.layer.0.output.dense`. */
  readonly module: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** True when other Linears read the same input, so that it pays to quantize it as a node of its own. */
  readonly sharesInput: boolean;
  /** Least value the input can have, where that is known: behind a GELU. */
  readonly inputMinimum?: number | undefined;
  readonly role?: LinearRole | undefined;
}

/**
 * The form of float Linears in a checkpoint that came quantized: they are those with outliers behind the activation
 * function, which one scale a token keeps. PyTorch's numerics leave them as they are.
 */
export function formBesideInt8(numerics: Numerics): (layer: LinearLayer) => LinearForm {
  return ({ inputMinimum }) => (numerics === 'full' && inputMinimum !== undefined ? 'rowwise' : 'float32');
}
