import { join } from "node:path";
import { judgeClaims } from "../map/beliefs.ts";
import { claimsBySource } from "../map/signal_map.ts";
import { type Fault, faultAt } from "../sources/fault.ts";
import type { BenchPin, LoadedLesson, Pin } from "../sources/lessons.ts";
import { readRegularFile } from "../sources/regular_file.ts";
import { formatQuantity } from "../../report/format.ts";
import type { Check, CheckView } from "./check.ts";

/** What was learned still rests on something. */
export const journal: Check = {
  id: "journal",
  title:
    "Every lesson is pinned to a test that exists, a number that a stored run has, or a claim that is live",
  run(view) {
    return view.input.research.lessons.flatMap((lesson) =>
      lesson.pins.flatMap((pin, index) => pinFaults(view, lesson, pin, index))
    );
  },
};

function pinFaults(view: CheckView, { file, text }: LoadedLesson, pin: Pin, index: number): Fault[] {
  const fault = loosePin(view, pin);
  return fault === undefined ? [] : [faultAt(file, fault.rule, ["pins", index], fault.message, text)];
}

function loosePin(view: CheckView, pin: Pin): Pick<Fault, "rule" | "message"> | undefined {
  switch (pin.kind) {
    case "claim": {
      const claims = judgeClaims(claimsBySource(view.input.research.experiments));
      const found = claims.find(({ claim }) => claim.id === pin.claim);
      if (found === undefined) {
        return { rule: "pin-missing", message: `a pinned claim must exist: "${pin.claim}" does not` };
      }
      if (found.state === "live") return undefined;
      const message = `a pinned claim must be live: "${pin.claim}" is ${found.state} by ${
        found.by.join(", ")
      }`;
      return { rule: "pin-dead", message };
    }
    case "test": {
      const content = readRegularFile(join(view.input.root, pin.file));
      if (content === undefined || "fault" in content) {
        return {
          rule: "pin-missing",
          message: `the file of a pinned test must exist: "${pin.file}" does not`,
        };
      }
      const isThere = ['"', "`", "'"].some((quote) => content.text.includes(`${quote}${pin.title}${quote}`));
      if (isThere) return undefined;
      return {
        rule: "pin-missing",
        message: `a pinned test must exist: "${pin.file}" has none called "${pin.title}"`,
      };
    }
    case "bench":
      return loosePinToRun(view, pin);
  }
}

function loosePinToRun(
  { input: { readPin }, runs, resultsFolder }: CheckView,
  pin: BenchPin,
): Pick<Fault, "rule" | "message"> | undefined {
  const stored = runs.find(({ name }) => name === pin.run);
  if (stored === undefined) {
    return {
      rule: "pin-missing",
      message: `a pinned run must be a folder in results/: "${pin.run}" is none`,
    };
  }
  // A run that cannot be read is named by the check of records.
  if (readPin === undefined || stored.header === undefined) return undefined;
  const value = readPin(pin, resultsFolder);
  if (value === undefined) {
    return {
      rule: "pin-missing",
      message: `a pinned number must be in its run: "${pin.cell}" has none there`,
    };
  }
  if (Math.abs(value - pin.value) <= pin.tolerance * Math.abs(pin.value)) return undefined;
  return {
    rule: "pin-drifted",
    message: `a pinned number must be what its run has: pinned is ${
      formatQuantity(pin.value, pin.unit)
    }, the run has ${formatQuantity(value, pin.unit)}`,
  };
}
