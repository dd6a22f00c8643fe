/**
 * Parses JSON with comments and trailing commas, as in `tsconfig.json`.
 * @returns undefined for text that is not JSON: a manifest that cannot be read is as good as none.
 */
export function parseJsonc(text: string): unknown {
  // Strings are matched first, so that comment marks and commas inside of them stay.
  const withoutComments = text.replace(
    /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, string: string | undefined) => string ?? ' ',
  );
  const plain = withoutComments.replace(
    /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g,
    (_, string: string | undefined) => string ?? '',
  );
  try {
    return JSON.parse(plain.replace(/^\uFEFF/, ''));
  } catch {
    // A broken manifest must not end the run; its imports then count as external or not found.
    return undefined;
  }
}

/** A property of a parsed JSON value, or undefined where the value is no object. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
