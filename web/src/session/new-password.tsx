import { texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";

const text = texts({
  en: { hint: "At least eight characters; a few words in a row are good." },
  id: { hint: "Minimal delapan karakter; beberapa kata berurutan sudah baik." },
});

/** As the API takes one. */
const CHARS_MIN = 8;
const CHARS_MAX = 128;

type Props = {
  readonly label: string;
  /** What else one should know before. */
  readonly also?: string;
  readonly error: string | undefined;
};

/** A password that is chosen, wherever that is. */
export const NewPassword = ({ label, also, error }: Props) => (
  <TextField
    label={label}
    hint={also === undefined ? text.hint : `${text.hint} ${also}`}
    name="password"
    type="password"
    autoComplete="new-password"
    minLength={CHARS_MIN}
    maxLength={CHARS_MAX}
    error={error}
    required
  />
);
