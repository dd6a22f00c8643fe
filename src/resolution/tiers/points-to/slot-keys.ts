import type { Declaration } from '../../project-index.ts';

/** Key of the set of values of a variable, or of what a class binds. */
export const variableSlot = (path: string, scope: number, name: string): string => `v ${path} ${scope} ${name}`;

/** Of what objects of a class hold, or a function: `self.x = …`. */
export const attributeSlot = (owner: Declaration, name: string): string => `a ${owner.id} ${name}`;

/** Of what a function returns. */
export const resultSlot = (declaration: Declaration): string => `r ${declaration.id}`;

/** Of what a function yields. */
export const yieldSlot = (declaration: Declaration): string => `y ${declaration.id}`;

/** Of what decorators made of a definition. */
export const decoratedSlot = (declaration: Declaration): string => `d ${declaration.id}`;
