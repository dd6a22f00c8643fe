import { CodeGraphError } from '../../kernel/errors.ts';

/**
 * Codes of {@link OnnxError}. `details.path` is always the file.
 *
 * - `ONNX_MALFORMED`: the bytes contradict the format, end too early or are another kind of file; `byteOffset` where
 *   there is one.
 * - `ONNX_LIMIT_EXCEEDED`: a count, size or depth above a named limit (CWE-770, CWE-674); `limit`.
 * - `ONNX_EXTERNAL_DATA`: the weights beside the graph are missing, too short, or asked for outside its folder (CWE-22);
 *   `location`.
 * - `ONNX_UNSUPPORTED`: a well-formed graph that cannot be run here: custom operators, unusual inputs or outputs;
 *   `feature`.
 */
export const ONNX_ERROR_CODES = [
  'ONNX_MALFORMED',
  'ONNX_LIMIT_EXCEEDED',
  'ONNX_EXTERNAL_DATA',
  'ONNX_UNSUPPORTED',
] as const;
export type OnnxErrorCode = (typeof ONNX_ERROR_CODES)[number];

/** An ONNX file that cannot be used. Nothing in it was run. */
export class OnnxError extends CodeGraphError<OnnxErrorCode> {
  override readonly name: string = 'OnnxError';
}

/** Another kind of file than an ONNX model. */
export function notAnOnnxModel(path: string, what: string, hint: string): OnnxError {
  return new OnnxError(`${path} ${what}`, { code: 'ONNX_MALFORMED', hint, details: { path } });
}

/** The bytes contradict the format. */
export function malformedOnnx(path: string, problem: string, byteOffset?: number): OnnxError {
  const where = byteOffset === undefined ? '' : ` at byte ${byteOffset}`;
  return new OnnxError(`${path} is no whole ONNX model: ${problem}${where}`, {
    code: 'ONNX_MALFORMED',
    hint: 'Download or copy the file again and compare its sha256 with the publisher’s.',
    details: { path, byteOffset },
  });
}

/** A count, size or depth above a named limit. */
export function onnxLimitExceeded(path: string, problem: string, limit: number): OnnxError {
  return new OnnxError(`${path}: ${problem}, more than the limit of ${limit}`, {
    code: 'ONNX_LIMIT_EXCEEDED',
    hint: 'Check where the file comes from: no sentence encoder needs that much.',
    details: { path, limit },
  });
}

/** A well-formed graph that is not run here. */
export function unsupportedOnnx(path: string, problem: string, feature: string, hint: string): OnnxError {
  return new OnnxError(`${path} ${problem}`, { code: 'ONNX_UNSUPPORTED', hint, details: { path, feature } });
}
