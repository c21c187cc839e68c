import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { call } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { Facts } from "../operator/facts.tsx";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { adMoney } from "./ad-money.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    none: "Nobody has clicked yet",
    charged: "Paid",
    included: "Paid by views",
    repeated: "Again, free",
    excessive: "Too many, free",
    own: "Your own, free",
    program: "A program, free",
    stopped: "Paused, free",
    budget_spent: "Budget spent, free",
    credited: "Given back",
    receipt: "What it paid",
    title: "What this click paid, and why",
    query: "Searched for",
    bid: "Your bid",
    seat: "Place",
    rate: "Clicks expected of a thousand",
    relevance: "Fits the page",
    score: "To pass: the next seller's worth",
    reserve: "Least that anybody pays",
    price: "You paid",
    valid: "The receipt is ours and its price follows from these numbers.",
    invalid: "The receipt does not hold. Please tell us.",
  },
  id: {
    none: "Belum ada yang mengeklik",
    charged: "Dibayar",
    included: "Dibayar per tayangan",
    repeated: "Berulang, gratis",
    excessive: "Terlalu banyak, gratis",
    own: "Anda sendiri, gratis",
    program: "Program, gratis",
    stopped: "Dijeda, gratis",
    budget_spent: "Anggaran habis, gratis",
    credited: "Dikembalikan",
    receipt: "Rincian biaya",
    title: "Biaya klik ini dan alasannya",
    query: "Dicari",
    bid: "Tawaran Anda",
    seat: "Posisi",
    rate: "Perkiraan klik per seribu",
    relevance: "Kecocokan halaman",
    score: "Yang harus dilewati: nilai penjual berikutnya",
    reserve: "Biaya terkecil",
    price: "Anda membayar",
    valid: "Tanda terima ini milik kami dan harganya sesuai angka-angka ini.",
    invalid: "Tanda terima tidak cocok. Mohon beri tahu kami.",
  },
});

const READ = "GET /v1/ad-campaigns/{campaignId}/clicks";
type Click = Answer<typeof READ>["items"][number];

/** Each visit with its price. */
export function AdClicks({ campaignId }: { readonly campaignId: string }) {
  const clicks = useInfiniteQuery(pagesOf(READ, { path: { campaignId }, query: {} }, useShop()));
  return (
    <Paged
      query={clicks}
      keyOf={({ bidId }) => bidId}
      className="panel divide-line divide-y py-1"
      empty={<Empty title={text.none} />}
    >
      {(click) => <One click={click} />}
    </Paged>
  );
}

function One({ click: { bidId, at, verdict, chargedMinor, credited } }: { readonly click: Click }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 text-sm">
      <time className="text-muted flex-1 basis-40" dateTime={at}>
        {moment(at)}
      </time>
      <Tag tone={verdict === "charged" ? "brand" : "plain"}>{credited ? text.credited : text[verdict]}</Tag>
      <strong className="tabular-nums">{adMoney(chargedMinor)}</strong>
      <button type="button" className="text-brand font-semibold" onClick={() => setOpen(true)}>
        {text.receipt}
      </button>
      {isOpen && <Receipt bidId={bidId} onClose={() => setOpen(false)} />}
    </div>
  );
}

type ReceiptProps = { readonly bidId: string; readonly onClose: () => void };

function Receipt({ bidId, onClose }: ReceiptProps) {
  const receipt = useQuery(queryOf("GET /v1/ads/receipts/{bidId}", { path: { bidId } }, useShop()));
  return (
    <Dialog title={text.title} onClose={onClose}>
      <Loaded query={receipt}>{(signed) => <Worked signed={signed} />}</Loaded>
    </Dialog>
  );
}

const BASIS_POINTS = 100;
const PPM_A_THOUSAND = 1_000;

function Worked({ signed }: { readonly signed: Schemas["SignedReceipt"] }) {
  const { receipt } = signed;
  const proof = useQuery({
    queryKey: ["POST /v1/ads/receipts/verify", signed.signature],
    queryFn: () => call("POST /v1/ads/receipts/verify", { body: signed }),
  });
  const { currency, position, ranks, pricing } = receipt;
  const amount = (minor: string) => money({ minor, currency });
  return (
    <div className="flex flex-col gap-4">
      <Facts
        of={[
          [text.query, receipt.query],
          [text.bid, amount(receipt.bidMinor)],
          [text.rate, count(receipt.clickPpm / PPM_A_THOUSAND)],
          [text.relevance, `${count(receipt.relevanceBps / BASIS_POINTS)} %`],
          [text.seat, count(position + 1)],
          [text.score, ranks[position + 1] && count(Number(ranks[position + 1]?.score))],
          [text.reserve, amount(pricing === "cpc" ? receipt.reserveCpcMinor : receipt.reserveCpmMinor)],
          [text.price, <strong key="price">{amount(receipt.priceMinor)}</strong>],
        ]}
      />
      <p className={`notice ${proof.data?.valid === false ? "notice-bad" : ""}`} role="status">
        {proof.data && (proof.data.valid ? text.valid : text.invalid)}
      </p>
    </div>
  );
}
