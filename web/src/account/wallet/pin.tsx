import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { queryClient } from "../../api/queries.ts";
import { useStepUp } from "../../session/step-up.tsx";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";

const text = texts({
  en: {
    title: "PIN of the wallet",
    pin: "PIN",
    hint: "Six digits that nobody would guess: no birthday, no 123456.",
    again: "The same once more",
    differs: "The two are not the same.",
    save: "Save the PIN",
    ask: "PIN of your wallet",
  },
  id: {
    title: "PIN dompet",
    pin: "PIN",
    hint: "Enam angka yang sulit ditebak: bukan tanggal lahir, bukan 123456.",
    again: "Ulangi PIN",
    differs: "Kedua PIN tidak sama.",
    save: "Simpan PIN",
    ask: "PIN dompet Anda",
  },
});

type PinProps = { readonly label?: string; readonly hint?: string; readonly error?: string | undefined };

export const PinField = ({
  label = text.ask,
  name = "pin",
  ...rest
}: PinProps & { readonly name?: string }) => (
  <TextField
    label={label}
    name={name}
    type="password"
    inputMode="numeric"
    autoComplete="off"
    pattern="\d{6}"
    maxLength={6}
    required
    {...rest}
  />
);

export function PinDialog({ onClose }: { readonly onClose: () => void }) {
  const stepUp = useStepUp();
  const [differs, setDiffers] = useState(false);
  const save = useMutation({
    mutationFn: (pin: string) => stepUp(() => call("PUT /v1/wallet/pin", { body: { pin } })),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/wallet"] });
    },
  });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const pin = String(form.get("pin") ?? "");
          setDiffers(pin !== form.get("again"));
          if (pin === form.get("again")) save.mutate(pin);
        }}
      >
        <PinField label={text.pin} hint={text.hint} />
        <PinField label={text.again} name="again" error={differs ? text.differs : undefined} />
        <Refusal error={save.error} />
        <button type="submit" className="button button-primary" disabled={save.isPending}>
          {text.save}
        </button>
      </form>
    </Dialog>
  );
}
