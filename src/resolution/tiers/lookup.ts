import type { ResolutionTier } from '../../graph/edge.ts';
import type { ModuleTarget } from '../module-resolution/module-target.ts';
import type { Declaration, FileScope } from '../project-index.ts';

/** What a name means at a place. `undefined` where nothing of that name is in sight. */
export type Lookup =
  | { readonly kind: 'declarations'; readonly declarations: readonly Declaration[]; readonly tier: ResolutionTier }
  | { readonly kind: 'module'; readonly module: ModuleTarget }
  /** A local variable or parameter; `typeName` is empty where its type is not known. */
  | { readonly kind: 'local'; readonly typeName: string; readonly file: FileScope; readonly scope: number }
  | { readonly kind: 'external' };

export const EXTERNAL: Lookup = Object.freeze({ kind: 'external' });
