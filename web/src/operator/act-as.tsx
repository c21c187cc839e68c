import { useRouter } from "@tanstack/react-router";
import { useCommand } from "../api/command.ts";
import { actAs } from "../session/tokens.ts";
import { texts } from "../shell/text.ts";
import { TextArea } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    act: "Act as this user",
    reason: "What you were asked to do",
    hint: "The user is told at once and reads this. It ends by itself after a quarter of an hour.",
  },
  id: {
    act: "Bertindak sebagai pengguna ini",
    reason: "Apa yang diminta dari Anda",
    hint: "Pengguna langsung diberi tahu dan membacanya. Berakhir sendiri setelah lima belas menit.",
  },
});

const REASON_CHARS_MIN = 10;
const REASON_CHARS_MAX = 300;

type Props = { readonly userId: string; readonly orderId?: string };

/** From here on this tab is the buyer's, with a banner over every page. */
export function ActAs({ userId, orderId }: Props) {
  const router = useRouter();
  const to = orderId === undefined ? "/account" : `/account/orders/${orderId}`;
  const act = useCommand("POST /v1/auth/users/{userId}/acting", {
    onDone: async (started) => {
      // The page to come is there before this one is somebody else's and may not be read any more.
      await router.preloadRoute({ to });
      actAs(started);
      await router.navigate({ to });
    },
  });
  return (
    <Decision
      label={text.act}
      reason="none"
      command={act}
      onDecide={(_, __, form) => {
        const about = { reason: fieldOf(form, "why"), ...(orderId !== undefined && { orderId }) };
        act.mutate({ path: { userId }, body: about });
      }}
    >
      <TextArea
        label={text.reason}
        hint={text.hint}
        name="why"
        required
        minLength={REASON_CHARS_MIN}
        maxLength={REASON_CHARS_MAX}
      />
    </Decision>
  );
}
