import type { ModelIdentity } from '../model/encoder.ts';
import type { ModelRecord } from '../store/model-record.ts';
import { SearchError } from './search-error.ts';

/** Digits of a fingerprint that people compare. */
const SHOWN_DIGITS = 12;

/**
 * The error for questions of another model than the one that made the vectors of an index.
 *
 * @param reference - How the question's model was named; null: it is the one the index names.
 */
export function modelMismatch(
  record: ModelRecord,
  encoder: Pick<ModelIdentity, 'id' | 'fingerprint'>,
  reference: string | null,
): SearchError {
  const [before, now] = [record.fingerprint, encoder.fingerprint].map((digest) => digest.slice(0, SHOWN_DIGITS));
  const again = indexCommand(reference ?? record.requested, record.precision);
  const isSame = record.id === encoder.id;
  return new SearchError(
    isSame
      ? `the index was embedded with other files of ${encoder.id} (${before}) than those there are now (${now})`
      : `the index was embedded with ${record.id} (${before}), not with ${encoder.id} (${now})`,
    {
      code: 'SEARCH_MODEL_MISMATCH',
      hint: isSame
        ? `Run \`${again}\` to encode the repository again: no file is parsed for it.`
        : `Run \`${again}\` to embed the repository with this model, or leave the model out to ask with ${record.id}.`,
      details: {
        indexModel: record.id,
        indexFingerprint: record.fingerprint,
        encoderModel: encoder.id,
        encoderFingerprint: encoder.fingerprint,
      },
    },
  );
}

/** The command that makes vectors of a model; null: of the default order. */
export function indexCommand(reference: string | null, precision: string): string {
  const model = reference === null ? '' : ` --model ${quoted(reference)}`;
  return `codegraphai index${model}${precision === 'auto' ? '' : ` --precision ${precision}`}`;
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
}
