import { fields, quote } from './config/json-fields.ts';
import { unsupported } from './tokenizer-error.ts';

/** Models of the Rust library that are computed here. */
export type ModelKind = 'Unigram' | 'WordPiece' | 'BPE';

/**
 * Which model a tokenizer.json has. Files of early versions do not say: there its fields tell.
 *
 * @throws {@link TokenizerError} `TOKENIZER_UNSUPPORTED`, `TOKENIZER_MALFORMED`.
 */
export function modelKindOf(document: unknown): ModelKind {
  const model = fields(fields(document, 'tokenizer.json')['model'], 'model');
  const { type } = model;
  if (type === 'Unigram' || type === 'WordPiece' || type === 'BPE') return type;
  if (type !== undefined) throw unsupported(`the model ${quote(type)}`);
  if (model['merges'] !== undefined) return 'BPE';
  return Array.isArray(model['vocab']) ? 'Unigram' : 'WordPiece';
}
