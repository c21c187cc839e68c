import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** A process that packs is told to end its files first; after this long it is killed. */
const END_WITHIN_MS = 4_000;
const LAST_WORDS_MAX = 2_000;

export const FFMPEG_MISSING =
  "Live video is off: no ffmpeg on PATH. Get it with `apt install ffmpeg` or `brew install ffmpeg`, " +
  "or name one with FFMPEG=/path.";

/** The ffmpeg to use: FFMPEG, else the one on PATH, else none. */
export function findFfmpeg(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const program = environment.FFMPEG || "ffmpeg";
  const { status } = spawnSync(program, ["-hide_banner", "-version"], { stdio: "ignore" });
  return status === 0 ? program : undefined;
}

/** One run of ffmpeg and its end. */
export class Ffmpeg {
  readonly #child: ChildProcess;
  #lastWords = "";
  /** Exit status; a signal counts as failure. */
  readonly ended: Promise<number>;

  constructor(program: string, args: readonly string[], cwd: string) {
    const quiet = ["-hide_banner", "-nostdin", "-loglevel", "warning"];
    this.#child = spawn(program, [...quiet, ...args], { cwd, stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("error", () => resolve(-1));
      this.#child.once("exit", (code) => resolve(code ?? -1));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get lastWords(): string {
    return this.#lastWords.trim();
  }

  /** Lets it write the end of its files. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }
}
