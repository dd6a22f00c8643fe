/**
 * Bumped when anything changes that decides which Linears of a model run in int8: the texts, the estimates or the limits. It is
 * part of the fingerprint of every model that is quantized while loading.
 */
export const CALIBRATION_VERSION = 2;
