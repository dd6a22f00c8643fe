export { rules } from '../javascript/rules.ts';
