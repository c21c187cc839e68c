/** More words than this find nothing that fewer do not. */
const WORDS_MAX = 8;

/** What is looked for, without anything that means something to the index. */
export const searchWords = (text: string): readonly string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, WORDS_MAX);
