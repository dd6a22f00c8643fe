import { unsupported } from '../tokenizer-error.ts';
import { UNICODE_FORMS, type UnicodeForm } from '../text/unicode-forms.ts';
import { fields, flag, quote, sequence, text, type Fields } from './json-fields.ts';

/** What BertNormalizer does. */
export interface BertStep {
  readonly type: 'bert';
  readonly cleansText: boolean;
  readonly separatesIdeographs: boolean;
  readonly stripsAccents: boolean;
  readonly lowercases: boolean;
}

/** `charsmap`: the character map. `collapse-spaces`: two spaces or more become `to`. */
export type NormalizerStep =
  | { readonly type: 'charsmap' }
  | { readonly type: 'strip-right' }
  | { readonly type: 'collapse-spaces'; readonly to: string }
  | { readonly type: 'lowercase' }
  | { readonly type: 'strip-marks' }
  | { readonly type: 'form'; readonly form: UnicodeForm }
  | BertStep;

/**
 * Parses `normalizer` of tokenizer.json.
 *
 * @returns the steps and the base64 of the character map, null when there is none.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`.
 */
export function parseNormalizer(value: unknown): { normalizer: NormalizerStep[]; charsmap: string | null } {
  let charsmap: string | null = null;
  const normalizer = sequence(value, 'normalizer', 'normalizers').map((step): NormalizerStep => {
    if (step['type'] !== 'Precompiled') return parseStep(step);
    if (charsmap !== null) throw unsupported('two Precompiled normalizers');
    charsmap = text(step['precompiled_charsmap'], 'normalizer.precompiled_charsmap');
    return { type: 'charsmap' };
  });
  return { normalizer, charsmap };
}

function parseStep(step: Fields): NormalizerStep {
  const form = UNICODE_FORMS.find((name) => name === step['type']);
  if (form !== undefined) return { type: 'form', form };
  switch (step['type']) {
    case 'Strip':
      if (step['strip_left'] === true || step['strip_right'] !== true) throw unsupported('the normalizer Strip left');
      return { type: 'strip-right' };
    case 'Replace':
      return parseReplace(step);
    case 'Lowercase':
      return { type: 'lowercase' };
    case 'StripAccents':
      return { type: 'strip-marks' };
    case 'BertNormalizer':
      return parseBertStep(step);
    default:
      throw unsupported(`the normalizer ${quote(step['type'])}`);
  }
}

function parseReplace(step: Fields): NormalizerStep {
  const pattern = fields(step['pattern'], 'normalizer.pattern');
  const to = text(step['content'], 'normalizer.content');
  if (pattern['Regex'] !== ' {2,}' || (to !== ' ' && to !== '▁')) {
    throw unsupported(`the normalizer Replace ${quote(pattern)} by ${quote(to)}`);
  }
  return { type: 'collapse-spaces', to };
}

function parseBertStep(step: Fields): BertStep {
  const lowercases = flag(step['lowercase'], 'normalizer.lowercase', true);
  return {
    type: 'bert',
    cleansText: flag(step['clean_text'], 'normalizer.clean_text', true),
    separatesIdeographs: flag(step['handle_chinese_chars'], 'normalizer.handle_chinese_chars', true),
    // Null means as lowercase: BERT's uncased models strip, the others do not.
    stripsAccents: flag(step['strip_accents'], 'normalizer.strip_accents', lowercases),
    lowercases,
  };
}
