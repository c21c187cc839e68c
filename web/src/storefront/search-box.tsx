import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Package, Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { TEXTS } from "#platform/storefront/pages/texts";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";

const text = texts({
  en: { ...TEXTS.en, suggestions: "Suggestions" },
  id: { ...TEXTS.id, suggestions: "Saran" },
});

/** Whoever types fast is asked once he pauses. */
const PAUSE_MS = 120;
const SHOWN = 6;

type Choice = { readonly id: string; readonly label: string; readonly slug: string | undefined };

/** What was typed so far, once the person pauses. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

/** Queries of others first, then products; the same words of both stand once. */
function useChoices(typed: string, id: string): readonly Choice[] {
  const q = usePaused(typed.trim());
  const { data } = useQuery({
    ...queryOf("GET /v1/search/suggestions", { query: { q, limit: SHOWN } }),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  if (q === "" || !data) return [];
  const queries = data.queries.map((label) => ({ label, slug: undefined }));
  const products = data.products.map(({ title, slug }) => ({ label: title, slug }));
  const known = new Set<string>();
  const fresh = ({ label }: { readonly label: string }) => {
    const isNew = !known.has(label.toLowerCase());
    known.add(label.toLowerCase());
    return isNew;
  };
  return [...queries, ...products]
    .filter(fresh)
    .slice(0, SHOWN + 2)
    .map((one, at) => ({ ...one, id: `${id}-${at}` }));
}

/** The place in the list that the keyboard is at; -1 is the field itself. */
function usePlaceIn(choices: readonly Choice[]) {
  const [isOpen, setIsOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const isShown = isOpen && choices.length > 0;
  const close = () => {
    setIsOpen(false);
    setAt(-1);
  };
  const open = () => {
    setIsOpen(true);
    setAt(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape" && isShown) {
      event.preventDefault();
      close();
    } else if (step !== 0 && choices.length > 0) {
      event.preventDefault();
      setIsOpen(true);
      const places = choices.length + 1;
      setAt((before) => ((before + 1 + step + places) % places) - 1);
    }
  };
  return { isShown, active: isShown ? choices[at] : undefined, open, close, onKeyDown };
}

/** A combobox as WAI-ARIA has it: the list follows what is typed, the keyboard reaches all of it. */
export function SearchBox() {
  const navigate = useNavigate();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const choices = useChoices(typed, id);
  const { isShown, active, open, close, onKeyDown } = usePlaceIn(choices);
  const go = ({ label, slug }: Omit<Choice, "id">) => {
    close();
    input.current?.blur();
    setTyped(slug === undefined ? label : "");
    const q = label.trim();
    if (slug !== undefined) void navigate({ to: "/products/$slug", params: { slug } });
    else void navigate({ to: "/search", search: q === "" ? {} : { q } });
  };
  return (
    <search className="site-search">
      <form action={() => go(active ?? { label: typed, slug: undefined })}>
        <input
          ref={input}
          className="input"
          type="search"
          name="q"
          role="combobox"
          aria-label={text.search}
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={`${id}-list`}
          aria-activedescendant={active?.id}
          placeholder={text.search}
          autoComplete="off"
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            open();
          }}
          onFocus={open}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
      </form>
      <Suggestions id={`${id}-list`} choices={isShown ? choices : []} active={active} onChoose={go} />
    </search>
  );
}

type SuggestionsProps = {
  readonly id: string;
  readonly choices: readonly Choice[];
  readonly active: Choice | undefined;
  readonly onChoose: (choice: Choice) => void;
};

const Suggestions = ({ id, choices, active, onChoose }: SuggestionsProps) => (
  <div
    id={id}
    className="search-list"
    role="listbox"
    aria-label={text.suggestions}
    hidden={choices.length === 0}
  >
    {choices.map((choice) => (
      // The field keeps the focus and the keyboard; a finger or a mouse chooses here.
      <div
        key={choice.id}
        id={choice.id}
        role="option"
        tabIndex={-1}
        className="search-option"
        aria-selected={choice === active}
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => onChoose(choice)}
        onKeyDown={() => undefined}
      >
        {choice.slug === undefined ? <Search size={16} aria-hidden /> : <Package size={16} aria-hidden />}
        <span className="truncate">{choice.label}</span>
      </div>
    ))}
  </div>
);
