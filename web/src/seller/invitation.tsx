import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link, useLocation, useNavigate } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { forgetReads } from "../api/queries.ts";
import { renewRights } from "../session/tokens.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { chooseShop } from "./shop.ts";

const text = texts({
  en: {
    title: "You are invited to work in a shop",
    intro: "Once you join, you see the shop's orders and messages, and what your role lets you do.",
    join: "Join the shop",
    broken: "This link is not whole. Open it from the mail once more, or ask the shop to invite you again.",
    later: "Not now",
  },
  id: {
    title: "Anda diundang bekerja di sebuah toko",
    intro: "Setelah bergabung, Anda dapat melihat pesanan dan pesan toko sesuai peran Anda.",
    join: "Gabung ke toko",
    broken: "Tautan ini tidak lengkap. Buka lagi dari email, atau minta toko mengundang Anda kembali.",
    later: "Nanti saja",
  },
});
const route = getRouteApi("/shop/invitations/$invitationId");

/** Behind the link of an invitation's mail; the token is in the part that no server sees. */
export function InvitationPage() {
  const { invitationId } = route.useParams();
  const navigate = useNavigate();
  const token = new URLSearchParams(useLocation({ select: ({ hash }) => hash })).get("token");
  const join = useMutation({
    mutationFn: (proof: string) =>
      call("POST /v1/sellers/invitations/{invitationId}/accept", {
        path: { invitationId },
        body: { token: proof },
      }),
    onSuccess: async ({ sellerId }) => {
      chooseShop(sellerId);
      await renewRights();
      await forgetReads(["GET /v1/sellers/mine"]);
      await navigate({ to: "/shop", replace: true });
    },
  });
  return (
    <section className="panel mx-auto mt-6 max-w-md text-center">
      <h1 className="mb-3 text-2xl font-extrabold tracking-tight text-balance">{text.title}</h1>
      <p className="text-muted mb-5">{token ? text.intro : text.broken}</p>
      <Refusal error={join.error} />
      <div className="mt-4 flex justify-center gap-3">
        {token && (
          <button
            type="button"
            className="button button-primary"
            disabled={join.isPending}
            onClick={() => join.mutate(token)}
          >
            {text.join}
          </button>
        )}
        <Link to="/" className="button button-quiet">
          {text.later}
        </Link>
      </div>
    </section>
  );
}
