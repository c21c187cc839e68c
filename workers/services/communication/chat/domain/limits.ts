// What pages know of messages as well: nothing is imported here.

/** Characters of a message. */
export const TEXT_CHARS_MAX = 2_000;
/** With which one may react. */
export const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;
