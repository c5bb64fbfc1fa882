/** How long it takes until there is something to see. */
import { type IterationMetric, TIME } from "./declare.ts";

export const OPENING_METRICS: readonly IterationMetric[] = [
  {
    id: "reopen_ns",
    scope: "phase",
    title: "open again",
    ...TIME,
    meaning: "Opening a directory that is full in a new process, loading the driver included; starting the " +
      "process itself is not",
    shown: { headline: 15, snippet: 15 },
    compute: ({ log }) => log.reopenNs,
  },
  {
    id: "navigation_ns",
    scope: "phase",
    title: "navigation to first result",
    ...TIME,
    meaning:
      "In a page: from the navigation until its scripts had run, with a browser that had just started, then opening the " +
      "database, the driver, its WebAssembly and its workers included, then from the first watch call until any live query " +
      "had shown a result; scripts come from the same machine, and what the bench does in between is left out",
    shown: { headline: 16, snippet: 16 },
    compute: ({ log: { pageStartNs, reopenNs, firstOpenNs, firstResultNs } }) => {
      const openNs = reopenNs ?? firstOpenNs;
      return pageStartNs === undefined || openNs === undefined || firstResultNs === undefined
        ? undefined
        : pageStartNs + openNs + firstResultNs;
    },
  },
  {
    id: "page_start_ns",
    scope: "phase",
    title: "page start",
    ...TIME,
    meaning: "The first part of it: from the navigation until the page's scripts had run",
    shown: { cost: 46 },
    compute: ({ log }) => log.pageStartNs,
  },
  {
    id: "first_result_ns",
    scope: "phase",
    title: "first result",
    ...TIME,
    meaning: "From the first watch call until any live query had shown a result",
    shown: { cost: 45 },
    compute: ({ log }) => log.firstResultNs,
  },
  {
    id: "subscribe_ns",
    scope: "phase",
    title: "subscribe",
    ...TIME,
    meaning: "From the first watch call until every live query had shown a result",
    shown: { cost: 50, sweep: 40 },
    shownBefore: { cost: 60 },
    compute: ({ log }) => log.streams.length === 0 ? undefined : log.subscribeNs,
  },
];
