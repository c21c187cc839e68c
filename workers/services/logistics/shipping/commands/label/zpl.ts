import type { Label } from "../../domain/label.ts";
import { addressLines, cashLine, contentLine } from "./lines.ts";

/** Printers read `^` and `~` as the beginning of a command, whoever wrote them into a name. */
const safe = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/[\^~\\]|\p{Cc}/gu, " ")
    .slice(0, 60);

const field = (y: number, size: number, text: string): string =>
  `^FO40,${y}^A0N,${size},${size}^FD${safe(text)}^FS`;

/** Four by six inches at 203 dots an inch; the printer draws the bar code itself. */
export function drawZpl(label: Label): string {
  const number = safe(label.trackingNumber ?? "");
  const cash = cashLine(label);
  return [
    "^XA",
    "^CI28",
    "^PW812",
    "^LL1218",
    field(40, 44, label.name),
    field(96, 26, label.kind === "return" ? "RETURN" : label.carrier),
    "^FO40,136^GB732,3,3^FS",
    ...addressLines(label.sender).map((line, i) => field(156 + i * 30, 24, line)),
    "^FO40,376^GB732,3,3^FS",
    ...addressLines(label.receiver).map((line, i) => field(396 + i * 46, 38, line)),
    "^FO40,736^GB732,3,3^FS",
    field(756, 28, contentLine(label)),
    ...(cash ? [field(796, 48, cash)] : []),
    `^FO70,870^BY3,3,200^BCN,200,Y,N,N^FD${number}^FS`,
    field(1_150, 22, `${label.orderId}`),
    "^XZ",
    "",
  ].join("\n");
}
