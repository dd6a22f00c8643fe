/** A repository of the hub at a revision. */
export interface HubReference {
  /** `<org>/<name>`, or `<name>` for the oldest models. */
  readonly id: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** The revision that is meant where none is named. */
export const DEFAULT_REVISION = 'main';

/** A full commit id. */
export const COMMIT: RegExp = /^[0-9a-f]{40}$/;

const ID_PART = /^[A-Za-z0-9_](?:[\w.-]{0,94}\w)?$/;
const REVISION = /^\w[\w./+-]{0,199}$/;

/**
 * Reads `<org>/<name>`, `<name>` or either with `@<revision>`, as the hub allows them; null for anything else, so for paths
 * and whatever could climb out of a folder (CWE-22).
 */
export function parseHubReference(reference: string): HubReference | null {
  const [id = '', revision = DEFAULT_REVISION, ...more] = reference.split('@');
  const parts = id.split('/');
  const validId = parts.length <= 2 && parts.every((part) => ID_PART.test(part)) && !/--|\.\./.test(id);
  return more.length === 0 && validId && isRevision(revision) ? { id, revision } : null;
}

/** Whether it can be a file below `refs/`. */
function isRevision(revision: string): boolean {
  return REVISION.test(revision) && revision.split('/').every((part) => part !== '' && !/^\.|\.\.|\.$/.test(part));
}
