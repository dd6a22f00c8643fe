import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link ScipError}.
 * - `SCIP_MALFORMED`: a file is no SCIP index; `details`: `path`.
 * - `SCIP_NOT_FOUND`: there is no file where an index was asked for; `details`: `path`.
 * - `SCIP_LIMIT_EXCEEDED`: a SCIP index is too large; `details`: `path`, `limit`.
 */
export const SCIP_ERROR_CODES = ['SCIP_MALFORMED', 'SCIP_NOT_FOUND', 'SCIP_LIMIT_EXCEEDED'] as const;
export type ScipErrorCode = (typeof SCIP_ERROR_CODES)[number];

/** Trouble with an index in the SCIP format. */
export class ScipError extends CodeGraphError<ScipErrorCode> {
  override readonly name: string = 'ScipError';
}
