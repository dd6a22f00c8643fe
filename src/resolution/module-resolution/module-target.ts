/** What an import stands for: files of the project, something outside, or nothing that was found. */
export type ModuleResolution = ModuleTarget | 'external' | undefined;

/** A module of the project. */
export interface ModuleTarget {
  /** The module system it belongs to: the `modules` of its language. */
  readonly family: string;
  /** Unique within the family. */
  readonly key: string;
  /** Files whose top-level names are the module's names: several for a Go or Java package, none for a bare namespace package. */
  readonly paths: readonly string[];
  /** Folder that stands for the module where it is not one file. */
  readonly directory?: string | undefined;
}
