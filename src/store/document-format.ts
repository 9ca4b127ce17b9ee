import { depthWithin, isObject } from "../support/json.js";

/** The content of a document's file. */
interface DocumentContent {
  readonly version: number;
  /** "" if the file names none. */
  readonly owner: string;
  readonly data: unknown;
}

/** Formats the content of a document's file. */
export function documentText({ version, owner, data }: DocumentContent): string {
  return JSON.stringify({ version, ...(owner !== "" && { owner }), data });
}

/** Parses the content of a document's file; throws if it is none. */
export function parseDocument(text: string): DocumentContent {
  const file = parsedJson(text);
  if (!isObject(file) || !Number.isSafeInteger(file["version"])) throw new Error("not a document");
  return { version: Number(file["version"]), owner: ownerIn(file["owner"]), data: file["data"] };
}

/** Returns a usable owner, else "": it becomes part of a file's name, so it is not taken as it comes. */
function ownerIn(saved: unknown): string {
  return typeof saved === "string" && /^\w{1,40}$/.test(saved) ? saved : "";
}

/** Parses JSON text; a number too large for a finite one becomes `null`, because none is written here. */
function parsedJson(content: string): unknown {
  const value: unknown = JSON.parse(content, (_name, member: unknown) =>
    typeof member === "number" && !Number.isFinite(member) ? null : member,
  );
  if (!depthWithin(value)) throw new Error("nested too deep");
  return value;
}
