/** From what a record says of an adapter to what its part of a run's page shows. Pure. */
import {
  type Capabilities,
  type Idioms,
  PLAIN_ACTS,
  type RunRecord,
  WATCH_ACTS,
} from "../../lib/model/mod.ts";
import { gapTitle } from "../../lib/report/known_gaps.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import type { CellSummary } from "../../lib/report/summarize_run.ts";
import { LONGEST_PROSE } from "./longest_prose.ts";
import type { AdapterView, IdiomView } from "./view.ts";

const ACT_WORDS: Readonly<Record<keyof Idioms, string>> = {
  write: "write",
  batch: "batch",
  readPage: "read a page",
  readKey: "read by key",
  join: "join",
  watchRow: "watch a row",
  watchList: "watch a list",
  watchCount: "watch a count",
};

/** The adapter with the options that cells of this name have. */
export function adapterView(name: string, record: RunRecord, cells: readonly CellSummary[]): AdapterView {
  const own = cells.filter((cell) => cell.name === name);
  const { cell, cellClass, delay, knownGaps } = own[0]!;
  const described = record.adapters.find(({ id }) => id === cell.adapter);
  const capabilities = Object.hasOwn(record.capabilities, cell.key)
    ? record.capabilities[cell.key]
    : undefined;
  const facts = Map.groupBy(own.flatMap(({ facts }) => [...facts]), ([fact]) => fact);
  const homepage = described?.homepage ?? "";
  return {
    name: safeText(name),
    title: safeText(described?.title ?? ""),
    drivers: safeText(
      Object.entries(described?.drivers ?? {}).map(([driver, version]) => `${driver} ${version}`).join(", "),
    ),
    about: safeText(described?.about ?? "", LONGEST_PROSE),
    unfair: safeText(described?.unfair ?? "", LONGEST_PROSE),
    homepage: /^https:\/\/[\w.-]+(?:\/[\w./-]*)?$/.test(homepage) ? homepage : "",
    cellClass,
    worksOn: safeText(capabilities?.worksOn ?? ""),
    runsIn: (described?.runsIn ?? []).map((runtime) => safeText(runtime)),
    ...(delay === undefined ? {} : {
      delay: {
        ...delay,
        ...(delay.reason === undefined ? {} : { reason: safeText(delay.reason, LONGEST_PROSE) }),
      },
    }),
    knownGaps: knownGaps.map((gap) => ({
      title: safeText(gapTitle(gap)),
      scenario: safeText(gap.scenario),
      reason: safeText(gap.reason, LONGEST_PROSE),
    })),
    idioms: idiomViews(described?.idioms),
    objection: safeText(described?.objection ?? "", LONGEST_PROSE),
    capabilities: capabilities === undefined ? [] : capabilityRows(capabilities),
    facts: [...facts].map(([fact, entries]) => [
      safeText(fact),
      safeText([...new Set(entries.flatMap(([, values]) => values))].join("; ")),
    ]),
  };
}

/** In the order of the model, whatever order a record has them in. */
function idiomViews(idioms: Idioms | undefined): IdiomView[] {
  return [...PLAIN_ACTS, ...WATCH_ACTS].flatMap((act): IdiomView[] => {
    const idiom = idioms?.[act];
    if (idiom === undefined) return [];
    const { how, link, tried } = idiom;
    const address = plainAddress(link);
    return [{
      act: ACT_WORDS[act],
      how: safeText(how, LONGEST_PROSE),
      link: address,
      source: safeText(address === "" ? link : address.slice("https://".length)),
      tried: safeText(tried ?? "", LONGEST_PROSE),
    }];
  });
}

/** The address if it may become a link on a page: https, no user and no port. */
function plainAddress(link: string): string {
  if (!link.startsWith("https://") || !URL.canParse(link)) return "";
  const { username, password, port, href } = new URL(link);
  return username === "" && password === "" && port === "" ? href : "";
}

function capabilityRows(capabilities: Capabilities): (readonly [string, string])[] {
  return Object.entries(capabilities).map(([name, value]) => [
    safeText(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
    safeText(value === true ? "yes" : value === false ? "no" : String(value)),
  ]);
}
