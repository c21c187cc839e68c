import { texts } from "../shell/text.ts";

/** What a paper proves. */
export const paperKinds = texts({
  en: {
    identity: "Proof of identity",
    business: "Business registration",
    tax: "Tax number",
    bank: "Bank account",
    evidence: "Evidence",
    other: "Something else",
  },
  id: {
    identity: "Identitas diri",
    business: "Izin usaha",
    tax: "NPWP",
    bank: "Rekening bank",
    evidence: "Bukti",
    other: "Lainnya",
  },
});
