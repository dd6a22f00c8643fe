import type { Declaration } from '../../project-index.ts';

/** Whether a member belongs to the class itself. */
export function isStaticMember({ definition, parent }: Declaration): boolean {
  if (parent?.definition.kind === 'enum') return true;
  return isStaticSignature(definition.signature);
}

/** Whether a signature is that of a static member. */
export const isStaticSignature = (signature: string): boolean =>
  signature.includes('static') &&
  /^(?:(?:public|private|protected|declare|override|async|readonly|abstract)\s+)*static\s/u.test(signature);
