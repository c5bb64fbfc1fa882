import assert from "node:assert/strict";
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { loadRun } from "../lib/record/mod.ts";
import { inTempFolder } from "../lib/testing/temp_folder.ts";
import { ab, parseAbArguments } from "./ab.ts";

Deno.test("parseAbArguments() takes two revisions or two versions, and nothing between", () => {
  const refused = (args: readonly string[], message: RegExp): void => {
    assert.throws(() => parseAbArguments(args, "/nowhere"), { name: "UsageError", message });
  };
  refused([], /--base main for a revision, or --a and --b/);
  refused(["--a", "tinybase@9.7.1"], /--b is missing/);
  refused(["--b", "tinybase@9.7.1"], /--a is missing/);
  refused(
    ["--a", "x@1.0.0", "--b", "x@1.0.1", "--base", "main", "--setup", "make"],
    /combine --base, --setup with/,
  );
  refused(["--a", "x@1.0.0", "--b", "y@1.0.1"], /must name the same packages: got x and y/);
  refused(["--a", "x@1.0.0", "--b", "x@1.0.0"], /x@1\.0\.0 with itself/);
  refused(["--base", "main", "--rounds", "0"], /whole number from 1 to 1000/);
  assert.deepEqual(parseAbArguments(["--a", "x@1.0.0", "--b", "x@1.0.1"], "/nowhere")!.compared, {
    first: { x: "1.0.0" },
    second: { x: "1.0.1" },
  });
});

Deno.test("ab() measures two published versions of a driver in turns and tells one verdict", () =>
  inTempFolder(async (folder) => {
    const comment = join(folder, "comment.md");
    const options = parseAbArguments(
      "--a lokijs@1.5.11 --b lokijs@1.5.12 -w keyed-pk -s smoke --rounds 1 --annotations".split(" ").concat(
        "--comment",
        comment,
        "--out",
        join(folder, "runs"),
      ),
      folder,
    )!;
    const printed: string[] = [];
    assert.equal(await ab(options, (text) => printed.push(text)), EXIT.fine);
    const [said, annotation] = printed as [string, string];
    const verdict = said.split("\n").at(-1)!;
    assert.match(verdict, /^Verdict: cannot tell\. lokijs 1\.5\.12 against lokijs 1\.5\.11/);
    assert.match(said, /^- lokijs of lokijs: 1\.5\.11 \/ 1\.5\.12$/m);
    assert.equal(annotation, `::notice title=Watchbench::${verdict}`);
    assert.match(Deno.readTextFileSync(comment), /\*\*Verdict: cannot tell/);

    const [run] = [...Deno.readDirSync(join(folder, "runs"))].map(({ name }) => name);
    const { settings: { cells }, results } = loadRun(join(folder, "runs", run!));
    assert.deepEqual(
      cells.map(({ key, drivers }) => [key.replace(/@\d+/, ""), drivers]),
      [
        ["keyed-pk/lokijs[version=1.5.11]/smoke", { lokijs: "1.5.11" }],
        ["keyed-pk/lokijs[version=1.5.12]/smoke", { lokijs: "1.5.12" }],
      ],
    );
    assert.deepEqual(results.map(({ status }) => status), ["measured", "measured"]);
  }));

Deno.test("ab() refuses versions of a module, and revisions of what is no module", async () => {
  const run = (args: readonly string[]): Promise<number> => ab(parseAbArguments(args, "/nowhere")!, () => {});
  await assert.rejects(run(["--a", "x@1.0.0", "--b", "x@1.0.1", "-a", "./bench/adapter.ts"]), {
    name: "UsageError",
    message: /must be registered: got "\.\/bench\/adapter\.ts"; --base compares revisions/,
  });
  await assert.rejects(run(["--base", "main", "-a", "tinybase"]), {
    name: "UsageError",
    message: /must name a module of this repository.*got "tinybase"/,
  });
});
