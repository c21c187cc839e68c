import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { DeadLink } from "./dead-link.tsx";
import { useMailToken } from "./mail-token.ts";
import { usePass } from "./pass.tsx";

const text = texts({
  en: {
    link: "Sign in",
    linkIntro: "You opened the link that we sent you.",
    linkGo: "Sign in on this device",
    change: "Confirm your new e-mail",
    changeIntro: "From now on you sign in with it, and your mail goes there.",
    changeGo: "Confirm",
    changed: "Your e-mail is changed",
    undo: "Keep your old e-mail",
    undoIntro: "Somebody asked for another address for your account. If it was not you, take it back.",
    undoGo: "Take it back",
    undone: "Your old e-mail stays",
    undoneIntro: "If it was not you who asked, choose another password, too.",
    reset: "Choose another password",
    account: "To your account",
    again: "Have a new one sent",
  },
  id: {
    link: "Masuk",
    linkIntro: "Anda membuka tautan yang kami kirimkan.",
    linkGo: "Masuk di perangkat ini",
    change: "Konfirmasi email baru Anda",
    changeIntro: "Mulai sekarang Anda masuk dengan email ini, dan surat dikirim ke sana.",
    changeGo: "Konfirmasi",
    changed: "Email Anda sudah diganti",
    undo: "Pertahankan email lama",
    undoIntro: "Seseorang meminta alamat lain untuk akun Anda. Jika bukan Anda, batalkan.",
    undoGo: "Batalkan",
    undone: "Email lama Anda tetap berlaku",
    undoneIntro: "Jika bukan Anda yang meminta, ganti juga kata sandi Anda.",
    reset: "Ganti kata sandi",
    account: "Ke akun Anda",
    again: "Minta yang baru",
  },
});

/** A press and not the visit spends the token: mail programs open links to look at them. */
export function SignInLinkPage() {
  const token = useMailToken();
  const { pass, step } = usePass({});
  const enter = useMutation({
    mutationFn: async (shown: string) =>
      pass(await call("POST /v1/auth/magic-link/confirm", { body: { token: shown } })),
  });
  if (step) return step;
  if (token === undefined) return <DeadLink />;
  return (
    <Card title={text.link} intro={text.linkIntro}>
      <Press label={text.linkGo} press={enter} token={token} />
      {enter.isError && (
        <Link className="text-brand mt-4 inline-block text-sm font-semibold" to="/sign-in">
          {text.again}
        </Link>
      )}
    </Card>
  );
}

export function ConfirmEmailPage() {
  const token = useMailToken();
  const confirm = useMutation({
    mutationFn: (shown: string) => call("POST /v1/auth/email/confirm", { body: { token: shown } }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  if (token === undefined) return <DeadLink />;
  if (confirm.isSuccess) {
    return (
      <Card title={text.changed}>
        <Link className="button button-primary" to="/account">
          {text.account}
        </Link>
      </Card>
    );
  }
  return (
    <Card title={text.change} intro={text.changeIntro}>
      <Press label={text.changeGo} press={confirm} token={token} />
    </Card>
  );
}

export function UndoEmailPage() {
  const token = useMailToken();
  const undo = useMutation({
    mutationFn: (shown: string) => call("POST /v1/auth/email/undo", { body: { token: shown } }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  if (token === undefined) return <DeadLink />;
  if (undo.isSuccess) {
    return (
      <Card title={text.undone} intro={text.undoneIntro}>
        <Link className="button button-primary" to="/forgot-password">
          {text.reset}
        </Link>
      </Card>
    );
  }
  return (
    <Card title={text.undo} intro={text.undoIntro}>
      <Press label={text.undoGo} press={undo} token={token} />
    </Card>
  );
}

type PressProps = {
  readonly label: string;
  readonly token: string;
  readonly press: {
    readonly error: unknown;
    readonly isPending: boolean;
    readonly mutate: (token: string) => void;
  };
};

const Press = ({ label, token, press }: PressProps) => (
  <div className="form">
    <Refusal error={press.error} />
    <button
      type="button"
      className="button button-primary"
      disabled={press.isPending}
      onClick={() => press.mutate(token)}
    >
      {label}
    </button>
  </div>
);
