import { malformed, unsupported } from '../tokenizer-error.ts';
import { array, fields, id, quote, sequence, text, type Fields } from './json-fields.ts';

/** Ids before and after every text. */
export interface SpecialFrame {
  readonly prefixIds: readonly number[];
  readonly suffixIds: readonly number[];
}

const MAX_FRAME_IDS = 64;
const NOTHING: SpecialFrame = { prefixIds: [], suffixIds: [] };

/**
 * Parses `post_processor` of tokenizer.json: `TemplateProcessing`, `BertProcessing`, `RobertaProcessing`, and `ByteLevel`,
 * which changes offsets only.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`.
 */
export function parseSpecialFrame(value: unknown): SpecialFrame {
  const steps = sequence(value, 'post_processor', 'processors').filter((step) => step['type'] !== 'ByteLevel');
  const [step, second] = steps;
  if (second !== undefined) throw unsupported(`${steps.length} post_processors that add tokens`);
  if (step === undefined) return NOTHING;
  const frame = parseStep(step);
  if (frame.prefixIds.length + frame.suffixIds.length > MAX_FRAME_IDS) throw malformed('post_processor', 'is too long');
  return frame;
}

function parseStep(step: Fields): SpecialFrame {
  switch (step['type']) {
    case 'TemplateProcessing':
      return parseTemplate(step);
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { prefixIds: [pairId(step, 'cls')], suffixIds: [pairId(step, 'sep')] };
    default:
      throw unsupported(`the post_processor ${quote(step['type'])}`);
  }
}

/** The id of `["</s>", 2]`. */
function pairId(step: Fields, name: string): number {
  return id(array(step[name], `post_processor.${name}`)[1], `post_processor.${name}`);
}

function parseTemplate(processor: Fields): SpecialFrame {
  const specials = fields(processor['special_tokens'], 'post_processor.special_tokens');
  const prefixIds: number[] = [];
  const suffixIds: number[] = [];
  let sequences = 0;
  for (const entry of array(processor['single'], 'post_processor.single')) {
    const part = fields(entry, 'post_processor.single');
    if (part['Sequence'] !== undefined) {
      sequences += 1;
      continue;
    }
    const name = text(fields(part['SpecialToken'], 'post_processor.single')['id'], 'post_processor.single.id');
    const special = fields(
      Object.hasOwn(specials, name) ? specials[name] : undefined,
      `post_processor.special_tokens ${quote(name)}`,
    );
    const ids = array(special['ids'], 'post_processor.special_tokens.ids').map((v) =>
      id(v, 'post_processor.special_tokens.ids'),
    );
    // One more than is let through: the sum of many long lists is not for the stack.
    (sequences === 0 ? prefixIds : suffixIds).push(...ids.slice(0, MAX_FRAME_IDS + 1));
    if (prefixIds.length + suffixIds.length > MAX_FRAME_IDS) throw malformed('post_processor.single', 'is too long');
  }
  if (sequences !== 1) throw unsupported(`a template with ${sequences} sequences`);
  return { prefixIds, suffixIds };
}
