import { EVENT_METHOD } from '../language.ts';

/** Longer texts are no names of events. */
const MAX_LENGTH = 100;

/**
 * The name of the route a subscription is: `ON order.paid`; undefined for names that say too little: `data`, `close` and
 * the like mean something else with every emitter. A name of the project's own has several words.
 */
export function eventName(text: string): string | undefined {
  const isOwn = text.length <= MAX_LENGTH && /^[\w.:/@-]+$/u.test(text) && /\w[._:/-]\w|[a-z][A-Z]/u.test(text);
  return isOwn ? `${EVENT_METHOD} ${text}` : undefined;
}
