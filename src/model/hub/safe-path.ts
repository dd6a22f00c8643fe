import { HubError } from './hub-error.ts';

/** Longest file name that any usual file system takes. */
const MAX_NAME_LENGTH = 255;

/**
 * Checks a file name that came from outside.
 *
 * @throws {@link HubError} `HUB_UNSAFE_PATH` when it is absolute, climbs, or means something else on another system.
 */
export function assertSafePath(file: string): void {
  // A backslash separates on Windows, and a letter with a colon is a drive there.
  if (!/\p{Cc}|^[A-Za-z]:/u.test(file) && file.split(/[/\\]/).every(isSafePart)) return;
  throw new HubError(
    `the hub names a file ${JSON.stringify(file.slice(0, 200))} that would leave the folder of the model`,
    {
      code: 'HUB_UNSAFE_PATH',
      hint: 'Do not use this model, and check HF_ENDPOINT: no honest repository has such a file.',
      details: { file },
    },
  );
}

function isSafePart(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && part.length <= MAX_NAME_LENGTH;
}
