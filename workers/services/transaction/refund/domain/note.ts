/** As it stands on the credit note. */
export const noteNumber = (seq: number): string => `CN-${seq.toString().padStart(6, "0")}`;
