import type { ParsedFile } from '../../../parsing/language.ts';
import type { FlowProtocols } from './flow-protocols.ts';
import { PYTHON_PROTOCOLS } from './python-protocols.ts';

/** Languages whose flows are followed; those that share one object see each other's values. */
const PROTOCOLS: ReadonlyMap<string, FlowProtocols> = new Map([['python', PYTHON_PROTOCOLS]]);

/** What is known of the language of a file that takes part in following values; undefined where it does not. */
export function flowProtocolsOf({ language, flows }: ParsedFile): FlowProtocols | undefined {
  return flows === undefined ? undefined : PROTOCOLS.get(language);
}

/** Whether a file takes part. */
export function followsFlows(file: ParsedFile): boolean {
  return flowProtocolsOf(file) !== undefined;
}
