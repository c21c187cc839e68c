const NUMBER = /usr_[0-9a-z]{26}/g;

/** The account numbers in what somebody typed or pasted, each once, whatever stands between them. */
export const numbersIn = (typed: string): readonly string[] => [
  ...new Set(typed.toLowerCase().match(NUMBER)),
];
