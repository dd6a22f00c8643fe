/**
 * What becomes of weights that a checkpoint holds as float:
 *
 * - `auto`: a checkpoint that came quantized runs as it is; the Linears of a float one are quantized to int8 while it is
 *   loaded, but those that measurement says must stay float.
 * - `float32`: nothing is quantized that was not quantized already.
 * - `int8`: as `auto`, and an error where measurement says that int8 does not hold.
 */
export const WEIGHT_PRECISIONS = ['auto', 'float32', 'int8'] as const;
export type WeightPrecision = (typeof WEIGHT_PRECISIONS)[number];
