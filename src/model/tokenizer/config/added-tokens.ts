import { limitExceeded, malformed } from '../tokenizer-error.ts';
import { array, fields, id, text } from './json-fields.ts';

/** A token that is found in the text itself, before the vocabulary is asked. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not within a word. */
  readonly singleWord: boolean;
  /** Takes the white space before it along. */
  readonly stripLeft: boolean;
  /** Takes the white space after it along. */
  readonly stripRight: boolean;
  /** Looked for in the normalized text instead of the raw one. */
  readonly normalized: boolean;
}

/** Most added tokens: each costs time with every text. */
export const MAX_ADDED_TOKENS: number = 10_000;
/** Longest added token in UTF-16 units; each place of a text may be compared with one of every length. */
const MAX_ADDED_TOKEN_UNITS = 256;

/**
 * Parses `added_tokens` of tokenizer.json.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  const list = array(value, 'added_tokens');
  if (list.length > MAX_ADDED_TOKENS) throw malformed('added_tokens', `has ${list.length} entries`);
  return list.map((entry) => {
    const token = fields(entry, 'added_tokens');
    const content = text(token['content'], 'added_tokens.content');
    if (content === '') throw malformed('added_tokens.content', 'is empty');
    if (content.length > MAX_ADDED_TOKEN_UNITS) {
      throw limitExceeded('characters in one added token', MAX_ADDED_TOKEN_UNITS, content.length);
    }
    return {
      id: id(token['id'], 'added_tokens.id'),
      content,
      singleWord: token['single_word'] === true,
      stripLeft: token['lstrip'] === true,
      stripRight: token['rstrip'] === true,
      normalized: token['normalized'] === true,
    };
  });
}
