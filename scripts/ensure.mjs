import { ensure } from "./run.mjs";

await ensure();
