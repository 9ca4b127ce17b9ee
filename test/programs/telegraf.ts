import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/node-red.js";
import { temporaryFolder } from "../helpers/red-process.js";
import { Program } from "./program.js";

/** A point of a time series, as Telegraf's format `json` has it. */
export interface TelegrafPoint {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly timestamp: number;
}

/** What it says when something is not as it should be. */
const PROBLEM = / [WE]! /;
/** It says so at each start, whatever it is told to do. */
const USUAL = /skip_processors_after_aggregators|No metrics were created from a message/;
const AGENT = `[agent]\n  interval = "1s"\n  flush_interval = "1s"\n  omit_hostname = true\n`;

/** A Telegraf with some input, which writes its points to a file. */
export class Telegraf {
  private constructor(
    private readonly program: Program,
    private readonly file: string,
  ) {}

  static async start(folder: string, input: string, isReady: (lines: readonly string[]) => boolean): Promise<Telegraf> {
    const home = temporaryFolder("telegraf");
    const [settings, file] = [join(home, "telegraf.conf"), join(home, "points.json")];
    const output = `[[outputs.file]]\n  files = ["${file}"]\n  data_format = "json"\n  json_timestamp_units = "1ms"\n`;
    writeFileSync(settings, AGENT + output + input);
    writeFileSync(file, "");
    return new Telegraf(await Program.start(join(folder, "telegraf"), [settings], { isReady }), file);
  }

  points(): TelegrafPoint[] {
    const lines = readFileSync(this.file, "utf8").split("\n");
    // The last one may be half written.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as TelegrafPoint);
  }

  problems(): string[] {
    return this.program.lines.filter((line) => PROBLEM.test(line) && !USUAL.test(line));
  }

  stop(): Promise<void> {
    return this.program.stop();
  }
}

/** The settings that `docs/other-programs.md` gives its users, at a broker. */
export function documentedInput(port: number): string {
  const docs = readFileSync(join(ROOT, "docs", "other-programs.md"), "utf8");
  const [, settings = ""] = /^## Telegraf$[^]*?```toml\n([^]*?)```/m.exec(docs) ?? [];
  return settings.replace("localhost:1883", `127.0.0.1:${port}`);
}
