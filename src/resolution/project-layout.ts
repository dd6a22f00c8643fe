import type { ScipDocument } from '../scip/scip-index.ts';

/**
 * What resolution needs to know of a repository besides its parsed files. Injected, so that resolution itself
 * touches no file system.
 */
export interface ProjectLayout {
  /** Every file of the repository that is indexed or may be a manifest, relative to the root, with `/`. */
  readonly paths: ReadonlySet<string>;
  /**
   * Text of a small manifest (`tsconfig.json`, `jsconfig.json`, `package.json`, `go.mod`), or undefined where it cannot be read.
   * Only called with members of {@link paths}.
   */
  readonly readManifest: (path: string) => string | undefined;
  /** What a compiler or language server says, columns in UTF-16 units; it then comes before every other tier. @defaultValue nothing */
  readonly precise?: readonly ScipDocument[] | undefined;
}
