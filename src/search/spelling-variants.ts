const ENGLISH_WORD = /^[a-z]{3,}$/u;
const VOWEL = /[aeiouy]/u;
const DOUBLED_END = /([bdgklmnprtv])\1$/u;

/** What a word cut of `ing` or `ed` may have been: `cach` gives `cach` and `cache`, `runn` also `run`. */
function bases(stem: string): string[] {
  if (stem.length < 2 || !VOWEL.test(stem)) return [];
  return DOUBLED_END.test(stem) ? [stem, `${stem}e`, stem.slice(0, -1)] : [stem, `${stem}e`];
}

function uninflected(word: string): string[] {
  if (word.endsWith('ies') || word.endsWith('ied')) return [`${word.slice(0, -3)}y`];
  if (word.endsWith('ing')) return bases(word.slice(0, -3));
  if (word.endsWith('ed')) return bases(word.slice(0, -2));
  if (word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return [];
  if (/(?:s|x|z|ch|sh)es$/u.test(word)) return [word.slice(0, -2), word.slice(0, -1)];
  if (word.endsWith('s')) return [word.slice(0, -1)];
  return [];
}

function inflected(base: string): string[] {
  if (base.endsWith('ing') || base.endsWith('ed')) return [];
  if (/[^aeiou]y$/u.test(base)) return [`${base.slice(0, -1)}ies`, `${base.slice(0, -1)}ied`, `${base}ing`];
  if (base.endsWith('e')) return [`${base}s`, `${base}d`, `${base.slice(0, -1)}ing`];
  return [/(?:s|x|z|ch|sh)$/u.test(base) ? `${base}es` : `${base}s`, `${base}ed`, `${base}ing`];
}

/**
 * Lists other forms of an English word: plural and singular, with `-ed` and `-ing`. The text index holds words as they
 * are written, so the question is inflected instead; forms that are no words cost nothing, since only those the index
 * knows are looked for.
 *
 * @param word - Folded word. Words that are not plain Latin letters have no variants.
 * @returns Distinct forms without `word` itself, in a stable order.
 */
export function spellingVariants(word: string): string[] {
  if (!ENGLISH_WORD.test(word)) return [];
  const singular = uninflected(word);
  const forms = new Set([...singular, ...inflected(word), ...singular.flatMap(inflected)]);
  forms.delete(word);
  return [...forms].filter((form) => form.length >= 3);
}
