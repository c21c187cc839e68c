import { Video } from "lucide-react";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { useStartCall } from "./start.ts";

const text = texts({ en: { call: "Call the buyer" }, id: { call: "Telepon pembeli" } });

type Props = { readonly orderId: string; readonly seller: string };

/** The shop calls whom it sold to; somebody without an account cannot be called, and the API says so. */
export function CallBuyer({ orderId, seller }: Props) {
  const start = useStartCall();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={start.isPending}
        onClick={() => start.mutate({ about: { orderId }, seller })}
      >
        <Video size={16} aria-hidden />
        {text.call}
      </button>
      <Refusal error={start.error} />
    </div>
  );
}
