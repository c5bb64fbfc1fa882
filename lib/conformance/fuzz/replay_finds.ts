/** Plays what hunts have kept again, with the drivers and known gaps of now. */
import { type Adapter, defaultOptions, type OptionValues } from "../../model/adapter.ts";
import type { ConformanceTarget } from "../find_targets.ts";
import { caseLimits } from "./case_limits.ts";
import { CasePlayer } from "./case_player.ts";
import type { StoredFind, StoredHunt } from "./finds_file.ts";
import { HUNT_PATIENCE, type HuntPatience } from "./hunt.ts";
import { scenarioHistory } from "./scenario_text.ts";
import { gapOf, writeTraits } from "./traits.ts";

/** Where and for whom finds are played. */
export interface ReplayOrder {
  /** The adapter as it is now; its options are those of the hunt. */
  readonly target: Omit<ConformanceTarget, "options">;
  /** An empty directory of its own. */
  readonly directory: string;
  /** Default is {@link HUNT_PATIENCE}. */
  readonly patience?: HuntPatience;
}

/**
 * The same hunt, each of its finds with what became of it. Each is played on fresh databases, three times before it is
 * called right. Rejects with a DriverUnavailableError, and with a SyntaxError for a text that is no scenario.
 */
export async function replayFinds(
  hunt: StoredHunt,
  { target, directory, patience = HUNT_PATIENCE }: ReplayOrder,
): Promise<StoredHunt> {
  const { adapter } = target;
  const options = optionsOfNow(adapter, hunt.options);
  const { isOrdered } = caseLimits(adapter.capabilities(options));
  const player = new CasePlayer({ ...target, options }, directory);
  try {
    const finds: StoredFind[] = [];
    for (const find of hunt.finds) {
      const history = scenarioHistory(find.scenario);
      let isWrong = false;
      for (const one of [patience.first, patience.last, patience.first]) {
        isWrong ||= await player.play(history, one, true) !== undefined;
      }
      const gap = isWrong ? gapOf(adapter.knownGaps, options, history) : undefined;
      const isAsked = isOrdered || !writeTraits(history).has("overlap");
      finds.push({
        ...find,
        again: {
          at: new Date().toISOString(),
          drivers: adapter.drivers,
          outcome: !isWrong ? "right" : gap !== undefined ? "known-gap" : isAsked ? "wrong" : "not-asked",
          ...(gap === undefined ? {} : { gap }),
        },
      });
    }
    return { ...hunt, finds };
  } finally {
    await player.end();
  }
}

/** Those of then that are still there, the others at their defaults. */
function optionsOfNow(adapter: Adapter, then: OptionValues): OptionValues {
  const known = Object.entries(then).filter(([name, value]) => adapter.options[name]?.values.includes(value));
  return { ...defaultOptions(adapter), ...Object.fromEntries(known) };
}
