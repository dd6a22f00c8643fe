const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const COLLAPSE = { type: 'Replace', pattern: { Regex: ' {2,}' } };

/** The three forms in which XLM-RoBERTa tokenizers are found. */
export const LAYOUTS = ['A', 'B', 'C'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Rewrites a tokenizer.json of an XLM-RoBERTa tokenizer to another layout with the same vocabulary. */
export function withLayout(json: string, layout: Layout): string {
  // One of this repository's own models.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const document = JSON.parse(json) as { normalizer: unknown; pre_tokenizer: unknown };
  const charsmap = document.normalizer;
  if (layout === 'A') {
    document.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, METASPACE] };
  } else {
    const spaces =
      layout === 'B'
        ? [{ ...COLLAPSE, content: ' ' }]
        : [
            { type: 'Strip', strip_left: false, strip_right: true },
            { ...COLLAPSE, content: '▁' },
          ];
    document.normalizer = { type: 'Sequence', normalizers: [charsmap, ...spaces] };
    document.pre_tokenizer = METASPACE;
  }
  return JSON.stringify(document);
}
