import { Star } from "lucide-react";
import { useId } from "react";
import { count, texts } from "../shell/text.ts";

const text = texts({
  en: { stars: (n: string) => `${n} of 5 stars` },
  id: { stars: (n: string) => `${n} dari 5 bintang` },
});

const ALL = [1, 2, 3, 4, 5] as const;
export type Stars = (typeof ALL)[number];

type Props = {
  readonly label: string;
  readonly value: Stars | undefined;
  readonly onChange: (stars: Stars) => void;
};

/** Five radio buttons that look like stars: arrows, spaces and screen readers find what they know. */
export function StarsField({ label, value, onChange }: Props) {
  const name = useId();
  return (
    <fieldset className="flex items-center justify-between gap-3">
      <legend className="float-left text-sm font-semibold">{label}</legend>
      <span className="flex">
        {ALL.map((stars) => (
          <label key={stars} className="cursor-pointer rounded-control p-1 has-focus-visible:outline-2">
            <input
              className="sr-only"
              type="radio"
              name={name}
              checked={stars === value}
              onChange={() => onChange(stars)}
            />
            <span className="sr-only">{text.stars(count(stars))}</span>
            <Star size={26} aria-hidden className={filledIf(value !== undefined && stars <= value)} />
          </label>
        ))}
      </span>
    </fieldset>
  );
}

const filledIf = (isFilled: boolean): string => (isFilled ? "fill-star text-star" : "text-muted");

export const StarsShown = ({ stars }: { readonly stars: number }) => (
  <span className="flex" role="img" aria-label={text.stars(count(stars))}>
    {ALL.map((one) => (
      <Star key={one} size={16} aria-hidden className={filledIf(one <= stars)} />
    ))}
  </span>
);
