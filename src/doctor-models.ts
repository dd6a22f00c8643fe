import type { PassedOverModel } from './model/open-encoder.ts';
import {
  EMBEDDED_MODEL,
  FALLBACK_MODEL,
  PREFERRED_MODEL,
  modelCandidates,
  type ResolvedModel,
  type ResolveModelOptions,
} from './model/resolve-model.ts';

/** What became of one model that could have served. */
export interface CandidateReport {
  readonly id: string;
  /**
   * `used`: this one serves; `failed`: it is here and cannot be loaded; `spare`: it would be next; `absent`: it is not on
   * this machine.
   */
  readonly state: 'used' | 'failed' | 'spare' | 'absent';
  readonly folder?: string | undefined;
  /** Why, in words. */
  readonly reason: string;
  readonly code?: string | undefined;
  /** What to do to have it used; for those that failed or are absent. */
  readonly hint?: string | undefined;
}

/** The default order, best first. */
const DEFAULT_ORDER = [PREFERRED_MODEL, FALLBACK_MODEL, EMBEDDED_MODEL] as const;

/**
 * Every model that was considered for a reference, in the order they are tried, and why each was or was not taken.
 *
 * @param used - The model that was opened; null when none could be.
 */
export async function reportCandidates(
  reference: string | null,
  used: ResolvedModel | null,
  passedOver: readonly PassedOverModel[],
  options: ResolveModelOptions,
): Promise<readonly CandidateReport[]> {
  const found = await modelCandidates(reference, options);
  const reports = found.map((model) => describe(model, used, passedOver));
  const absent = DEFAULT_ORDER.filter((id) => found.every((model) => model.id !== id)).map(describeAbsent);
  return [...reports, ...absent].toSorted((left, right) => rank(left, found) - rank(right, found));
}

function describe(
  { id, folder, reason }: ResolvedModel,
  used: ResolvedModel | null,
  passedOver: readonly PassedOverModel[],
): CandidateReport {
  if (folder === used?.folder) return { id, state: 'used', folder, reason };
  const failed = passedOver.find((passed) => passed.folder === folder);
  if (failed === undefined) return { id, state: 'spare', folder, reason: `${reason}; a better one serves` };
  const { code, message, hint } = failed;
  return { id, state: 'failed', folder, reason: message, code, hint };
}

function describeAbsent(id: string): CandidateReport {
  const reason = 'it is neither in models/ of the repository nor in the Hugging Face cache';
  const hint =
    id === EMBEDDED_MODEL
      ? 'Install codegraphai again: it is part of the package.'
      : `Run "codegraphai model pull ${id}".`;
  return { id, state: 'absent', reason, hint };
}

/** Models that were found keep their order; one that is absent stands where the default order has it. */
function rank({ id, folder }: CandidateReport, found: readonly ResolvedModel[]): number {
  const place = found.findIndex((model) => model.folder === folder);
  if (place !== -1) return place;
  const later = DEFAULT_ORDER.slice(DEFAULT_ORDER.findIndex((name) => name === id) + 1);
  const next = found.findIndex((model) => later.some((name) => name === model.id));
  return (next === -1 ? found.length : next) - 0.5;
}
