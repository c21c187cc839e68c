import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Appended lines, as a multiple of live records, past which the file is written anew. */
const SLACK = 4;
const SLACK_MIN_LINES = 10_000;

/**
 * An append-only file of JSON lines. A line is in the kernel's hands before `append` returns, so that a
 * killed process has lost nothing that it answered; what belongs together is one write.
 */
export class Journal<R> {
  readonly #path: string;
  #file: number;
  #lines: number;

  private constructor(path: string, file: number, lines: number) {
    this.#path = path;
    this.#file = file;
    this.#lines = lines;
  }

  static open<R>(path: string): { journal: Journal<R>; records: R[] } {
    mkdirSync(dirname(path), { recursive: true });
    const content = existsSync(path) ? readFileSync(path, "utf8") : "";
    // A line that a kill cut short was never answered to anybody: it is dropped, from the file too.
    const end = content.lastIndexOf("\n") + 1;
    if (end < content.length) writeFileSync(path, content.slice(0, end));
    const lines = content.slice(0, end).split("\n").filter(Boolean);
    // Only this class writes the file, one whole record a line.
    const records = lines.map((line) => JSON.parse(line) as R);
    return { journal: new Journal<R>(path, openSync(path, "a"), lines.length), records };
  }

  append(records: R[]): void {
    writeSync(this.#file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    this.#lines += records.length;
  }

  isLoose(live: number): boolean {
    return this.#lines > SLACK_MIN_LINES && this.#lines > live * SLACK;
  }

  rewrite(records: R[]): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    closeSync(this.#file);
    renameSync(next, this.#path);
    this.#file = openSync(this.#path, "a");
    this.#lines = records.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}
