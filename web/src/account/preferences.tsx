import { useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { TableFrame } from "../ui/table-frame.tsx";

const text = texts({
  en: {
    title: "What you want to hear of",
    always: "Payments, purchases and your account's security are always told.",
    inbox: "Here",
    email: "E-mail",
    order_update: "Orders on their way",
    shop: "Your shop",
    chat: "Chats",
    live: "Live shows",
    marketing: "Offers and news",
  },
  id: {
    title: "Kabar yang ingin Anda terima",
    always: "Kabar pembayaran, pembelian, dan keamanan akun selalu dikirim.",
    inbox: "Di sini",
    email: "Email",
    order_update: "Perjalanan pesanan",
    shop: "Toko Anda",
    chat: "Chat",
    live: "Siaran langsung",
    marketing: "Penawaran dan berita",
  },
});

const CATEGORIES = ["order_update", "chat", "live", "marketing", "shop"] as const;
const CHANNELS = ["inbox", "email"] as const;
type Profile = Schemas["Profile"];
type Choice = {
  readonly category: (typeof CATEGORIES)[number];
  readonly channel: (typeof CHANNELS)[number];
  readonly isOn: boolean;
};
const ME = ["GET /v1/users/me", "/v1/users/me", ""] as const;

export function Preferences() {
  const { data: profile } = useQuery(queryOf("GET /v1/users/me", {}));
  const choose = useMutation({
    mutationFn: ({ category, channel, isOn }: Choice) =>
      call(
        "PATCH /v1/users/me",
        { body: { notifications: { [category]: { [channel]: isOn } } } },
        { ifMatch: profile?.version ?? 0 },
      ),
    onSuccess: (changed) => queryClient.setQueryData<Profile>(ME, changed),
    onError: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/users/me"] }),
  });
  return (
    <section>
      <h2 className="section-title">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.always}</p>
      <TableFrame label={text.title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">{text.title}</span>
              </th>
              {CHANNELS.map((channel) => (
                <th key={channel} scope="col" className="text-center">
                  {text[channel]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {CATEGORIES.map((category) => (
              <tr key={category}>
                <th scope="row" className="text-ink">
                  {text[category]}
                </th>
                {CHANNELS.map((channel) => (
                  <td key={channel} className="text-center">
                    <input
                      type="checkbox"
                      className="size-5"
                      aria-label={`${text[category]}: ${text[channel]}`}
                      checked={profile?.notifications[category]?.[channel] ?? false}
                      disabled={!profile || choose.isPending}
                      onChange={({ target }) => choose.mutate({ category, channel, isOn: target.checked })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <Refusal error={choose.error} />
    </section>
  );
}
