import { useQuery } from "@tanstack/react-query";
import { Check, Copy, ExternalLink } from "lucide-react";
import { useState } from "react";
import { texts } from "../shell/text.ts";
import { BANKS, STORES } from "./method.ts";
import { type Action, leaveTo } from "./pay.ts";

const text = texts({
  en: {
    scan: "Scan this code with the app of your bank or wallet.",
    save: "On this phone? Save the code, and open it in the app that you pay with.",
    picture: "Save the code",
    code: "QR code of the payment",
    transfer: (bank: string) => `Transfer exactly this amount to your virtual account at ${bank}.`,
    number: "Virtual account number",
    till: (store: string) => `Give this code at the till of any ${store}, and pay exactly this amount.`,
    tillCode: "Payment code",
    receipt: "Keep the slip until the payment shows here.",
    bill: "In Mandiri's app choose “Pay”, then enter both numbers.",
    biller: "Company code",
    billKey: "Payment code",
    app: "Open the app",
    orScan: "Or scan the code with it.",
    page: "Go to the payment page",
    provider: "You pay on the provider's own page; your card's number never comes to us.",
    wait: "We are asking for your payment details. This takes a moment.",
    copy: (what: string) => `Copy: ${what}`,
    copied: "Copied",
  },
  id: {
    scan: "Pindai kode ini dengan aplikasi bank atau dompet digital Anda.",
    save: "Memakai ponsel ini? Simpan kodenya, lalu buka di aplikasi yang Anda pakai membayar.",
    picture: "Simpan kode",
    code: "Kode QR pembayaran",
    transfer: (bank: string) => `Transfer tepat sejumlah ini ke virtual account Anda di ${bank}.`,
    number: "Nomor virtual account",
    till: (store: string) => `Sebutkan kode ini di kasir ${store} mana pun, lalu bayar tepat sejumlah ini.`,
    tillCode: "Kode pembayaran",
    receipt: "Simpan struknya sampai pembayaran tampil di sini.",
    bill: "Di aplikasi Mandiri pilih “Bayar”, lalu masukkan kedua nomor ini.",
    biller: "Kode perusahaan",
    billKey: "Kode pembayaran",
    app: "Buka aplikasi",
    orScan: "Atau pindai kodenya dengan aplikasi itu.",
    page: "Ke halaman pembayaran",
    provider: "Anda membayar di halaman penyedia; nomor kartu Anda tidak pernah sampai ke kami.",
    wait: "Rincian pembayaran Anda sedang kami minta. Tunggu sebentar.",
    copy: (what: string) => `Salin: ${what}`,
    copied: "Tersalin",
  },
});

/** What a payer does now, by the way that he has chosen. */
export function Instructions({ action }: { readonly action: Action }) {
  switch (action.kind) {
    case "qr":
      return (
        <>
          <p>{text.scan}</p>
          <QrPicture of={action.qrString} />
          <SaveCode of={action.qrString} />
        </>
      );
    case "virtual_account":
      return (
        <>
          <p>{text.transfer(BANKS[action.bank])}</p>
          <Copied label={text.number} value={action.number} />
        </>
      );
    case "payment_code":
      return <AtTheTill {...action} />;
    case "bill":
      return (
        <>
          <p>{text.bill}</p>
          <Copied label={text.biller} value={action.billerCode} />
          <Copied label={text.billKey} value={action.billKey} />
        </>
      );
    case "deeplink":
      return (
        <>
          <a className="button button-primary" href={action.url}>
            <ExternalLink size={18} aria-hidden />
            {text.app}
          </a>
          {action.qrString !== null && (
            <>
              <p className="text-muted">{text.orScan}</p>
              <QrPicture of={action.qrString} />
            </>
          )}
        </>
      );
    case "redirect":
      return (
        <>
          <p>{text.provider}</p>
          <button type="button" className="button button-primary" onClick={() => leaveTo(action.url)}>
            <ExternalLink size={18} aria-hidden />
            {text.page}
          </button>
        </>
      );
    default:
      return <p role="status">{text.wait}</p>;
  }
}

function AtTheTill({ store, code }: Extract<Action, { readonly kind: "payment_code" }>) {
  return (
    <>
      <p>{text.till(STORES[store])}</p>
      <Copied label={text.tillCode} value={code} />
      <p className="text-muted text-sm">{text.receipt}</p>
    </>
  );
}

const QR_PIXELS = 480;

/** Drawn here: the payment's code is shown to nobody else. */
const usePicture = (of: string) =>
  useQuery({
    queryKey: ["qr", of],
    queryFn: async () => {
      const { toDataURL } = await import("qrcode");
      return toDataURL(of, { width: QR_PIXELS, margin: 2, errorCorrectionLevel: "M" });
    },
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: "always",
  });

/** White on every theme, since cameras look for dark on light. */
function QrPicture({ of }: { readonly of: string }) {
  const { data } = usePicture(of);
  return (
    <div className="border-line size-60 overflow-hidden rounded-card border bg-white">
      {data !== undefined && <img src={data} alt={text.code} width={240} height={240} />}
    </div>
  );
}

function SaveCode({ of }: { readonly of: string }) {
  const { data } = usePicture(of);
  return (
    <p className="text-muted text-sm sm:hidden">
      {text.save}{" "}
      <a className="text-brand font-semibold underline" href={data} download="qris.png">
        {text.picture}
      </a>
    </p>
  );
}

function Copied({ label, value }: { readonly label: string; readonly value: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <div className="code-line">
      <div className="min-w-0 text-left">
        <p className="text-muted text-sm">{label}</p>
        <p className="text-xl font-bold tracking-wide break-all tabular-nums">{value}</p>
      </div>
      <button
        type="button"
        className="button button-quiet button-small"
        aria-label={text.copy(label)}
        onClick={() => void copy()}
      >
        {isCopied ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
        <span className="sr-only" role="status">
          {isCopied ? text.copied : ""}
        </span>
      </button>
    </div>
  );
}
