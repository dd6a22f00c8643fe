/** Where a model was found; `hub`: it was downloaded just now and lies in the Hugging Face cache. */
export type ModelSource = 'folder' | 'project' | 'hub-cache' | 'hub' | 'embedded';

/** A model that is on this machine. */
export interface ResolvedModel {
  /** Hub id, or the folder's name when it was named by its path. */
  readonly id: string;
  /** Absolute path of the folder with config.json, weights and tokenizer. */
  readonly folder: string;
  /** Absolute path of the file of weights that was named; missing where the folder was, and its best weights are taken. */
  readonly weights?: string | undefined;
  readonly source: ModelSource;
  /** Why this one, in words; for the log and `doctor`. */
  readonly reason: string;
}

/** The full model, preferred where it is on the machine. */
export const PREFERRED_MODEL = 'elastic/multilingual-e5-small-optimized';
/** Its float32 original, next in line. */
export const FALLBACK_MODEL = 'intfloat/multilingual-e5-small';
/** The model in this package: works without network. */
export const EMBEDDED_MODEL = 'codegraphai/multilingual-e5-small-int8';
