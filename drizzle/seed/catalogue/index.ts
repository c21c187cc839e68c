import type { Shop } from "../goods.ts";
import { DAPUR_SELARAS } from "./dapur-selaras.ts";
import { JEJAK_RIMBA } from "./jejak-rimba.ts";
import { KAIN_LERENG } from "./kain-lereng.ts";
import { KEBUN_TUJUH } from "./kebun-tujuh.ts";
import { KELANA_KECIL } from "./kelana-kecil.ts";
import { NADALUNA } from "./nadaluna.ts";
import { SABUN_TELAGA } from "./sabun-telaga.ts";
import { TAPAK_SORE } from "./tapak-sore.ts";
import { TERAS_SENJA } from "./teras-senja.ts";

/** The shops of the demo markets, each with its own shelf. Every name in it is invented. */
export const SHOPS: readonly Shop[] = [
  KAIN_LERENG,
  TAPAK_SORE,
  KEBUN_TUJUH,
  DAPUR_SELARAS,
  TERAS_SENJA,
  NADALUNA,
  SABUN_TELAGA,
  JEJAK_RIMBA,
  KELANA_KECIL,
];
