import { type ClickhouseOptions, serveClickhouse } from "../clickhouse.ts";
import { serveEngine } from "../engine-child.ts";

await serveEngine<ClickhouseOptions>(serveClickhouse);
