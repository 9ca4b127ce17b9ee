import type { JournalDesk } from "../account/journal/journal-desk.js";
import type { JournalService } from "../account/journal/journal-service.js";
import { exportEntries } from "../journal/export/export-entries.js";
import type { ExportedFile, ExportLanguage } from "../journal/export/export-options.js";
import { readExport } from "../journal/import/read-export.js";
import { toCarDataError, type CarDataError } from "../support/errors.js";
import { finiteNumber, type JsonObject } from "../support/json.js";
import { maskVin } from "../support/vin.js";
import type { MessageOrigin } from "./descriptor-message.js";
import { isoText } from "./iso-text.js";
import type { JournalRequest } from "./journal-input.js";
import { journalAnswer } from "./journal-output.js";
import type { JournalAnswer, JournalAnswers, JournalImport, JournalSummaryAnswer } from "./journal-types.js";

export interface JournalAnswering extends Pick<MessageOrigin, "topicBase" | "carName" | "distanceUnit"> {
  readonly journal: Pick<JournalService, "desk" | "price" | "solar">;
  /** Code of the currency of the account. */
  readonly currency: string;
  /** Language of exports where a message names none. */
  readonly language: ExportLanguage;
}

type RequestOf<Kind extends JournalRequest["kind"]> = Extract<JournalRequest, { kind: Kind }>;

/** A request that has an answer for each car. */
type CarRequest = RequestOf<"trips" | "charges" | "summary" | "health">;

/**
 * Does what a request says, and yields the answers: of what is asked of cars one for each.
 * @throws CarDataError what the journal, an export or an import refuses; the first failure, after the answers of the other
 *   cars
 */
export async function* journalAnswers(request: JournalRequest, by: JournalAnswering): AsyncGenerator<JournalAnswer> {
  if (request.kind === "export") yield* exportAnswers(request, by);
  else if (isOfEachCar(request)) yield* carAnswers(request, by);
  else yield await soleAnswer(request, by);
}

async function* carAnswers(request: CarRequest, by: JournalAnswering): AsyncGenerator<JournalAnswer> {
  let first: CarDataError | null = null;
  for (const vin of request.vins) {
    try {
      yield await carAnswer(request, vin, by);
    } catch (thrown) {
      first ??= toCarDataError(thrown);
    }
  }
  if (first !== null) throw first;
}

function isOfEachCar(request: JournalRequest): request is CarRequest {
  const { kind } = request;
  return kind === "trips" || kind === "charges" || kind === "summary" || kind === "health";
}

async function carAnswer(request: CarRequest, vin: string, by: JournalAnswering): Promise<JournalAnswer> {
  switch (request.kind) {
    case "trips":
    case "charges":
      return entriesAnswer(request, vin, by);
    case "summary":
      return journalAnswer(by, "summary", vin, await summaryOf(request, vin, by));
    case "health":
      return journalAnswer(by, "health", vin, await by.journal.desk.health(vin));
  }
}

async function soleAnswer(
  request: Exclude<JournalRequest, CarRequest | { kind: "export" }>,
  by: JournalAnswering,
): Promise<JournalAnswer> {
  const { journal } = by;
  switch (request.kind) {
    case "import":
      return journalAnswer(by, "import", null, await imported(request.content, journal.desk));
    case "tag": {
      const { vin, entry } = await journal.desk.tag(request.vins, request.id, request.tag);
      return journalAnswer(by, "tag", vin, entry);
    }
    case "delete": {
      const { vin, entry } = await journal.desk.remove(request.vins, request.id);
      return journalAnswer(by, "delete", vin, { id: entry.id });
    }
    case "erase":
      await journal.desk.erase(request.vin);
      return journalAnswer(by, "delete", request.vin, { id: null });
    case "price":
      journal.price(request.steps);
      return journalAnswer(by, "price", null, pricesOf(request));
    case "solar":
      journal.solar(request.part);
      return journalAnswer(by, "solar", null, solarOf(request.part));
  }
}

async function entriesAnswer(
  { kind, query, limit }: RequestOf<"trips" | "charges">,
  vin: string,
  by: JournalAnswering,
): Promise<JournalAnswer> {
  const found = (await by.journal.desk.entries(vin, query, limit)).reverse();
  const shown = found.slice(0, limit);
  const trips = shown.filter((entry) => entry.kind === "trip");
  const charges = shown.filter((entry) => entry.kind === "charge");
  const answer = kind === "trips" ? journalAnswer(by, kind, vin, trips) : journalAnswer(by, kind, vin, charges);
  return { ...answer, truncated: shown.length < found.length };
}

async function summaryOf(
  { period, range }: RequestOf<"summary">,
  vin: string,
  { journal: { desk }, currency }: JournalAnswering,
): Promise<JournalSummaryAnswer> {
  if (period === "tariff") return { period, currency, sums: await desk.tariffSums(vin, range) };
  return { period, currency, sums: await desk.sums(vin, period, range) };
}

async function* exportAnswers(request: RequestOf<"export">, by: JournalAnswering): AsyncGenerator<JournalAnswer> {
  const { vins, query, format, language } = request;
  const cars = [];
  for (const vin of vins) {
    const name = by.carName?.(vin) ?? maskVin(vin);
    const distanceUnit = by.distanceUnit?.(vin) ?? "km";
    cars.push({ vin, name, distanceUnit, entries: await by.journal.desk.entries(vin, query) });
  }
  const { kinds } = query;
  const options = { format, kinds, currency: by.currency, language: language ?? by.language };
  const [only = null, ...more] = vins;
  for (const file of exportEntries(cars, options))
    yield { ...journalAnswer(by, "export", more.length > 0 ? null : only, file.text), ...filePart(file) };
}

/** Returns what core nodes need to write a file, or to send it to a browser. */
function filePart({ fileName, mimeType }: ExportedFile): Pick<JournalAnswer, "filename" | "headers"> {
  const disposition = `attachment; filename="${fileName}"`;
  return {
    filename: fileName,
    headers: { "content-type": `${mimeType}; charset=utf-8`, "content-disposition": disposition },
  };
}

async function imported(content: unknown, desk: JournalDesk): Promise<JournalImport> {
  const { cars, unread } = readExport(content);
  const counts: JournalImport["cars"] = [];
  for (const { vin, entries } of cars) counts.push({ vin, ...(await desk.merge(vin, entries)) });
  return { cars: counts, unread: [...unread] };
}

function pricesOf({ steps }: RequestOf<"price">): JournalAnswers["price"] {
  return steps.map(({ from, price }) => ({ from: isoText(from), price }));
}

function solarOf({ kw, share }: JsonObject): JournalAnswers["solar"] {
  const power = finiteNumber(kw);
  return power === null ? { share: finiteNumber(share) ?? 0 } : { kw: power };
}
