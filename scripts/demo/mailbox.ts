import { eventually } from "./steps.ts";

export type Mail = {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly { readonly filename: string; readonly contentType: string }[];
};

/** The mail catcher's API: what the platform sent by SMTP. */
export function openMailbox(mailUrl: string) {
  return {
    /** Every mail to this address that fits, once there are as many as wanted. */
    find: (to: string, what: string, fits: (mail: Mail) => boolean, wanted = 1): Promise<readonly Mail[]> =>
      eventually(`${what} in the mailbox`, async () => {
        const response = await fetch(`${mailUrl}/api/messages?to=${encodeURIComponent(to)}`);
        const { items } = (await response.json()) as { readonly items: readonly Mail[] };
        const found = items.filter(fits);
        return found.length >= wanted ? found : undefined;
      }),
    async attachment({ id }: Mail, index: number): Promise<Uint8Array> {
      const response = await fetch(`${mailUrl}/api/messages/${id}/attachments/${index}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}
