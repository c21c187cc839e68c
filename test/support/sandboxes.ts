import { midtransKeysOf } from "../../local/configuration.ts";
import type { Message } from "../../local/mail/main.ts";
import type { Delivery, FaultRequest, Status } from "../../local/midtrans/main.ts";
import { until } from "./http-client.ts";

type Json = { readonly [field: string]: unknown };
/** As the provider sees a payment. */
export type Transaction = {
  readonly transaction_status: Status;
  readonly gross_amount: string;
  readonly refund_amount?: string;
  readonly refunds?: readonly { readonly refund_key: string }[];
  readonly pay_url: string;
};
type Act = "pay" | "deny" | "expire" | "settle";

async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

/** What customers, banks and time do at the payment provider, and the switches of its faults. */
export function sandboxOf({ midtransUrl }: { readonly midtransUrl: string }, market = "id") {
  const orderId = (paymentId: string) => `${market}-${paymentId}`;
  const get = async <T>(path: string) => readJson<T>(await fetch(midtransUrl + path));
  const post = (path: string, body?: object) =>
    fetch(midtransUrl + path, {
      method: "POST",
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  return {
    act: async (paymentId: string, act: Act) =>
      readJson<Transaction>(await post(`/sandbox/transactions/${orderId(paymentId)}/${act}`)),
    see: (paymentId: string) => get<Transaction>(`/sandbox/transactions/${orderId(paymentId)}`),
    /** Notifications of one payment, the oldest first, with what became of each. */
    notifications: async (paymentId: string) =>
      (await get<{ items: readonly Delivery[] }>(`/sandbox/notifications?order_id=${orderId(paymentId)}`))
        .items,
    resend: async (notificationId: string) =>
      readJson<Json>(await post(`/sandbox/notifications/${notificationId}/resend`)),
    /** Switches hold for one payment only, so that tests do not meet. */
    switchOn: async (paymentId: string, faults: FaultRequest) =>
      readJson<Json>(await post("/sandbox/faults", { ...faults, orderId: orderId(paymentId) })),
    switchOff: async (paymentId: string) => {
      const url = `${midtransUrl}/sandbox/faults?order_id=${orderId(paymentId)}`;
      return readJson<Json>(await fetch(url, { method: "DELETE" }));
    },
    /** What the provider's script makes of a card in the buyer's browser. */
    async cardToken(number = "4811 1111 1111 1114"): Promise<string> {
      const query = new URLSearchParams({
        client_key: midtransKeysOf(market as "id").clientKey,
        card_number: number,
        card_cvv: "123",
        card_exp_month: "12",
        card_exp_year: "2030",
      });
      return (await get<{ token_id: string }>(`/v2/token?${query}`)).token_id;
    },
    /** The bank's page of 3D Secure, where the holder clicks OK or Fail; answers where it leads on to. */
    async authenticate(redirectUrl: string, result: "ok" | "fail"): Promise<string> {
      const body = new URLSearchParams({ result });
      const response = await fetch(redirectUrl, { method: "POST", body, redirect: "manual" });
      await response.arrayBuffer();
      return response.headers.get("location") ?? "";
    },
  };
}
export type PaymentSandbox = ReturnType<typeof sandboxOf>;

/** What the platform has mailed. */
export function mailboxOf({ mailUrl }: { readonly mailUrl: string }) {
  const list = async (to: string) => {
    const url = `${mailUrl}/api/messages?to=${encodeURIComponent(to)}`;
    return (await readJson<{ items: readonly Message[] }>(await fetch(url))).items;
  };
  return {
    /** Newest first. */
    list,
    /** The mail that fits, as soon as it is there. */
    find: (to: string, what: string, fits: (message: Message) => boolean): Promise<Message> => {
      let seen: readonly string[] = [];
      const look = async () => {
        const items = await list(to);
        seen = items.map((message) => message.subject);
        return items.find(fits);
      };
      return until(`mail to ${to}: ${what}`, look, { seen: () => seen });
    },
    async attachment(message: Message, index: number): Promise<Uint8Array> {
      const response = await fetch(`${mailUrl}/api/messages/${message.id}/attachments/${index}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}
export type Mailbox = ReturnType<typeof mailboxOf>;
