/** Words of the page "Which database?". */
import type { AdapterClass } from "../../../lib/model/adapter_class.ts";
import type {
  Aspect,
  ChoiceDatabase,
  ChoiceMetric,
  ChoiceView,
} from "../../pages/choice_view.ts";
import type { Ratio } from "../../pages/choice_score.ts";
import type { ChoiceState, Need } from "../../pages/choice_state.ts";

/** What a slider and a column are called, and what they are about. */
export const ASPECT_TEXTS: Readonly<Record<Aspect, { readonly title: string; readonly meaning: string }>> = {
  speed: { title: "Speed", meaning: "how soon all is written and every screen shows it" },
  freshness: { title: "Freshness", meaning: "how soon a change is seen, and how outdated a screen gets" },
  main: { title: "Main thread", meaning: "how long the thread is busy that also draws your app" },
};

/** Headings of groups. */
export const CLASS_TEXTS: Readonly<
  Record<AdapterClass, { readonly title: string; readonly meaning: string }>
> = {
  "durable and synced": {
    title: "Durable and synced",
    meaning: "a write is on the disk when it is acknowledged",
  },
  "durable file": {
    title: "Durable file",
    meaning: "acknowledged writes survive a killed process; a power cut may take the last ones",
  },
  "relaxed file": { title: "Relaxed file", meaning: "a killed process may take acknowledged writes" },
  "memory": { title: "Memory", meaning: "data ends with the process, so that there is less to do" },
  "server": {
    title: "Server",
    meaning: "the work is done in another process, and the way there is paid for",
  },
  "model": { title: "Model", meaning: "imitates a system that is not here" },
  "floor": {
    title: "Lower bound",
    meaning: "no live queries: what the same work costs when nobody watches",
  },
  "unknown": { title: "Unknown", meaning: "the record does not say what it keeps" },
};

/** What can be asked for. */
export const NEED_TEXTS: Readonly<Record<Need, { readonly title: string; readonly hint: string }>> = {
  "persists": { title: "Keeps data", hint: "Data outlives the process, as it was measured here" },
  "sql": { title: "SQL", hint: "Statements are SQL text" },
  "browser": { title: "Browser", hint: "Its maintainers say that it runs in browsers" },
  "node": { title: "Node", hint: "Its maintainers say that it runs in Node" },
  "react-native": { title: "React Native", hint: "Its maintainers say that it runs in React Native" },
  "deno": { title: "Deno", hint: "Its maintainers say that it runs in Deno" },
  "bun": { title: "Bun", hint: "Its maintainers say that it runs in Bun" },
};

/** Metrics in plain words; others keep their title. */
const METRIC_WORDS: Readonly<Record<string, string>> = {
  done_ns: "time until done",
  shown_p50_ns: "delay until visible",
  stale_max_ns: "longest stale time",
  main_busy_ns: "main thread busy",
};

/** A metric as people say it. */
export function metricWord({ id, title }: ChoiceMetric): string {
  return METRIC_WORDS[id] ?? title;
}

/** How much a slider counts. */
export const WEIGHT_WORDS: readonly string[] = [
  "does not count",
  "a little",
  "normal",
  "much",
  "most of all",
];

const RUNTIME_WORDS: Readonly<Record<string, string>> = {
  "browser": "browser",
  "react-native": "React Native",
  "node": "Node",
  "bun": "Bun",
  "deno": "Deno",
};

/** Runtimes as people write them, in one order for all. */
export function runtimesText(runtimes: readonly string[]): string {
  const order = Object.keys(RUNTIME_WORDS);
  const place = (one: string): number => order.includes(one) ? order.indexOf(one) : order.length;
  return runtimes.toSorted((a, b) => place(a) - place(b)).map(runtimeWord).join(", ");
}

/** A runtime as people write it. */
function runtimeWord(runtime: string): string {
  return RUNTIME_WORDS[runtime] ?? runtime;
}

/** A ratio as a factor, `1.25×`. */
export function ratioText(value: number): string {
  return `${
    value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : String(Math.round(value))
  }×`;
}

/** How far a score could be off. */
export function rangeText({ lower, upper }: Ratio): string {
  return `${ratioText(lower)} to ${ratioText(upper)}`;
}

/** What 1.00× stands for. */
export function referenceText({ against }: ChoiceState, view: ChoiceView): string {
  if (against === "class") return "the best of each class";
  if (against === "all") return "the best of all";
  const named = view.databases.find(({ name }) => name === against.name);
  return named === undefined ? against.name : fullName(named);
}

/** A database with its options. */
export function fullName({ title, options }: ChoiceDatabase): string {
  return options === "" ? title : `${title} (${options})`;
}
