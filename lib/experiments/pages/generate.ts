import type { Research } from "../sources/load_experiments.ts";
import { pages } from "./pages.ts";
import { signalMapText, SIGNALS_FILE } from "../map/signal_map.ts";

/** Everything that is generated from research: texts by path relative to the root. Pure. */
export function generatedFiles(research: Research): ReadonlyMap<string, string> {
  return new Map([[SIGNALS_FILE, signalMapText(research)], ...pages(research)]);
}

/** Files in `experiments/` that look generated, whether or not they still are. */
export function looksGenerated(name: string): boolean {
  return /^\d{3,}[a-z]?-.*\.(md|svg)$/.test(name);
}
