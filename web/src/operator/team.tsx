import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Loaded } from "../ui/loaded.tsx";
import { ActAs } from "./act-as.tsx";

const text = texts({
  en: {
    title: "Who works here",
    about: "In their names one sees what is theirs as persons, and nothing of the shop.",
    owner: "Owner",
    manager: "Manager",
    staff: "Staff",
  },
  id: {
    title: "Yang bekerja di sini",
    about: "Atas nama mereka yang terlihat hanya milik pribadinya, bukan milik toko.",
    owner: "Pemilik",
    manager: "Manajer",
    staff: "Staf",
  },
});

/** The people of a shop, whom support may act for. */
export function Team({ sellerId }: { readonly sellerId: string }) {
  const query = useQuery(queryOf("GET /v1/sellers/{sellerId}/members", { path: { sellerId } }));
  return (
    <section className="panel">
      <h2 className="font-bold">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.about}</p>
      <Loaded query={query}>
        {({ items }) => (
          <ul className="divide-line divide-y text-sm">
            {items.map(({ id, userId, email, role }) => (
              <li key={id} className="flex flex-wrap items-center justify-between gap-3 py-2.5">
                <span className="min-w-0">
                  <span className="block font-semibold break-all">{email}</span>
                  <span className="text-muted">{text[role]}</span>
                </span>
                <ActAs userId={userId} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
