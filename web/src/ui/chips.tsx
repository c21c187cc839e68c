type Props<T> = {
  /** What one chooses by. */
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly name: string }[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
};

/** A short choice of one, side by side. */
export const Chips = <T extends string | number | undefined>({
  label,
  options,
  value: chosen,
  onChoose,
}: Props<T>) => (
  <fieldset className="chips mb-4" aria-label={label}>
    {options.map(({ value, name }) => (
      <button
        key={value ?? ""}
        type="button"
        className="chip"
        aria-pressed={value === chosen}
        onClick={() => onChoose(value)}
      >
        {name}
      </button>
    ))}
  </fieldset>
);
