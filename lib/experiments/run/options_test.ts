import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { parseCalibrateArguments, parseExperimentArguments } from "./options.ts";

Deno.test("parseExperimentArguments() reads times in seconds and minutes", () => {
  const budget = (text: string) => parseExperimentArguments(["--id", "1", "--budget", text])!.budget;
  deepStrictEqual([budget("90s"), budget("5m"), budget("1.5m")], [90_000, 300_000, 90_000]);
  strictEqual(parseExperimentArguments(["--id", "1"])!.budget, undefined);
});

Deno.test("parseExperimentArguments() reads the word that begins an experiment", () => {
  strictEqual(parseExperimentArguments(["new", "my-idea"])!.slug, "my-idea");
});

for (
  const [args, message] of [
    [[], /give one of --list, --id and "new"/],
    [["--list", "--id", "1"], /give one of/],
    [["new"], /without a name/],
    [["old", "x"], /the only word is "new"/],
    [["--id", "1", "--budget", "5"], /such as 90s or 5m/],
    [["--id", "1", "--budget", "0s"], /above 0/],
    [["--id", "1", "--dry-run", "--record"], /--dry-run and --record/],
    [["--id", "1", "--dry-run", "--from", "x"], /--dry-run and --from/],
    [["--id", "1", "--from", "x", "--budget", "5m"], /--budget and --from/],
    [["--id", "1", "--record", "--repetition"], /--record and --repetition/],
    [["--id", "1", "--dry-run", "--repetition"], /--dry-run and --repetition/],
    [["--id", "1", "--force"], /--force without --record/],
    [["--idd", "1"], /unknown option '--idd'/],
  ] as const
) {
  Deno.test(`experiment ${args.join(" ") || "without arguments"} is refused`, () => {
    throws(() => parseExperimentArguments(args), message);
  });
}

Deno.test("parseCalibrateArguments() has more rounds for the power study", () => {
  deepStrictEqual(
    [["--id", "1"], ["--power"], ["--compare"]].map((args) => parseCalibrateArguments(args)!.pairs),
    [20, 40, 48],
  );
});

Deno.test("parseCalibrateArguments() refuses too few pairs and contradictions", () => {
  throws(() => parseCalibrateArguments(["--pairs", "5"]), /at least 6/);
  throws(() => parseCalibrateArguments(["--pairs", "many"]), /whole number/);
  throws(() => parseCalibrateArguments(["--power", "--id", "1"]), /--power with --id/);
  throws(() => parseCalibrateArguments(["--seed", "-1"]), /at least 0/);
  throws(() => parseCalibrateArguments(["--id", "1", "--busy", "1"]), /with --busy as noise floors/);
  throws(() => parseCalibrateArguments(["--power", "--from", "x", "--busy", "1"]), /--from with --busy/);
  throws(
    () => parseCalibrateArguments(["--compare", "--power", "--busy", "1"]),
    /Cannot combine --compare with --power, --busy as it measures two runs of its own/,
  );
  throws(
    () => parseCalibrateArguments(["--resume", "x", "--power", "-a", "watchlite", "--pairs", "9"]),
    /keeps those it began with: --adapter, --pairs was given/,
  );
});
