/**
 * Words a question is built of, in English, Portuguese and Spanish, folded. They say nothing about code, and each of them
 * would cost a scan of most of the text index. Small on purpose: words that also name things in code (`get`, `set`,
 * `find`, `all`) stay. They are dropped from sentences only, never from names: `getUserById` keeps its `by`.
 */
const ENGLISH =
  'a an and are as at be been by can could did do does for from had has have how i if in into is it its me my of on or our ' +
  'please should so such than that the their them then there these they this those to us was we were what when where which ' +
  'who whose why will with would you your';
const PORTUGUESE =
  'ao aos as com como da das de do dos e ela ele em entre essa esse esta este eu foi ha isso isto ja mas me na nas no nos ' +
  'nossa nosso o onde os ou para pela pelas pelo pelos por porque qual quais quando que quem sao se sem ser seu seus sobre ' +
  'sua suas tem um uma';
const SPANISH =
  'al como con cual cuales cuando de del desde donde el ella en entre es esa ese esta estan este esto ha hay la las lo los ' +
  'mi para pero por porque que quien se ser si sin sobre son su sus un una unas unos y ya';

/** See the lists above. Entries are folded as `foldText` does. */
export const STOP_WORDS: ReadonlySet<string> = new Set([ENGLISH, PORTUGUESE, SPANISH].join(' ').split(' '));
