/** All experiments as the list, the beliefs and the graph show them. Pure. */
import type { Claim } from "../../lib/model/experiment.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { daysOf } from "../../lib/experiments/map/as_of.ts";
import { isObject } from "../../lib/experiments/sources/json_value.ts";
import {
  dispositionOf,
  type LoadedDirection,
  type LoadedExperiment,
  type Research,
} from "../../lib/experiments/sources/load_experiments.ts";
import { describeDisposition } from "../../lib/experiments/rules/wording.ts";
import type { DirectionLine, ExperimentLine, ExperimentsView } from "./view.ts";

/** Longest sentence in a list, in UTF-16 units. */
const LONGEST_SENTENCE = 1_000;

/** The view of all that is known; `hrefs` are addresses of pages by experiment id, seen from the top of the site. */
export function experimentsView(
  { experiments, directions, faults }: Research,
  hrefs: ReadonlyMap<string, string>,
): ExperimentsView {
  return {
    page: "experiments",
    experiments: experiments.map((loaded) => experimentLine(loaded, hrefs.get(loaded.id) ?? "")),
    directions: directions.map(directionLine),
    strays: [...Map.groupBy(faults, ({ file }) => file)].map(([file, own]) => ({
      path: safeText(file),
      reason: safeText(
        own.map(({ path, message }) => path === undefined ? message : `${path}: ${message}`).join("; "),
      ),
    })),
  };
}

function experimentLine(loaded: LoadedExperiment, href: string): ExperimentLine {
  const { id, experiment, outcome } = loaded;
  const { learned } = experiment;
  const disposition = dispositionOf(loaded);
  const days = daysOf(experiment, outcome);
  return {
    id,
    days,
    href,
    title: sentence(experiment.title),
    experimentClass: experiment.experimentClass,
    directions: experiment.directions.map((direction) => safeText(direction, 120)),
    question: sentence(experiment.question),
    standing: disposition?.outcomeClass ?? "planned",
    standingText: describeDisposition(disposition),
    // What nobody has recorded was not learned, whatever the file says.
    summary: days.learned === undefined ? "" : sentence(learned?.summary ?? ""),
    changedBeliefs: (learned?.changedBeliefs ?? []).map(sentence),
    nextSignals: (learned?.nextSignals ?? []).map(sentence),
    claims: (learned?.claims ?? []).map((claim): Claim => ({
      ...claim,
      text: sentence(claim.text),
      ...(claim.conditions === undefined ? {} : { conditions: sentence(claim.conditions) }),
    })),
  };
}

/** Files of directions are checked with the signal map and not here: whatever is missing is left out. */
function directionLine({ id, fields }: LoadedDirection): DirectionLine {
  const text = (value: unknown): string => typeof value === "string" ? sentence(value) : "";
  const candidates = Array.isArray(fields["openCandidates"]) ? fields["openCandidates"] : [];
  return {
    id: safeText(id, 120),
    status: text(fields["status"]),
    currentRead: text(fields["currentRead"]),
    candidates: candidates.filter(isObject).map(({ idea, addedDate }) => ({
      idea: text(idea),
      addedDate: text(addedDate),
    })),
  };
}

function sentence(text: string): string {
  return safeText(text.trim(), LONGEST_SENTENCE);
}
