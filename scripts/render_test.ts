import assert from "node:assert/strict";
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { loadRun } from "../lib/record/mod.ts";
import { renderTerminal, REPORTERS } from "../lib/report/mod.ts";
import { storeFixture } from "../lib/testing/record_fixture.ts";
import { parseRenderArguments, render } from "./render.ts";

const PIPE = { isTerminal: false, columns: 0, noColor: false, environment: {} };

interface Ended {
  readonly code: number;
  readonly printed: string;
}

function withRun(test: (run: (...args: string[]) => Ended, folder: string, root: string) => void): void {
  const root = Deno.makeTempDirSync();
  try {
    const folder = join(root, "2026-11-22T10-00-00-fixture");
    storeFixture(folder);
    test(
      (...args) => {
        let printed = "";
        const parsed = parseRenderArguments([...args, "--results", root]);
        assert.ok(parsed);
        const code = render(parsed, { print: (text) => void (printed += text), facts: PIPE });
        return { code, printed };
      },
      folder,
      root,
    );
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("render() prints a stored run with each reporter, named by folder or by the beginning of its id", () => {
  withRun((run, folder) => {
    const record = loadRun(folder);
    for (const reporter of REPORTERS) {
      for (const name of [folder, "2026-11"]) {
        assert.deepEqual(run(name, "--reporter", reporter.id), {
          code: EXIT.fine,
          printed: reporter.render(record),
        });
      }
    }
  });
});

Deno.test("render() adds colours and bars to the terminal reporter where they are seen", () => {
  withRun((_run, folder) => {
    let printed = "";
    const parsed = parseRenderArguments([folder]);
    const facts = { ...PIPE, isTerminal: true, columns: 80 };
    render(parsed!, { print: (text) => void (printed += text), facts });
    assert.equal(printed, renderTerminal(loadRun(folder), { isColored: true, width: 80, bars: "ascii" }));
    assert.ok(printed.includes("\x1b[32m"));
  });
});

Deno.test("render() draws bars into a pipe with --charts", () => {
  withRun((run, folder) => {
    assert.equal(run(folder).printed, renderTerminal(loadRun(folder), { isColored: false }));
    assert.equal(
      run(folder, "--charts").printed,
      renderTerminal(loadRun(folder), { isColored: false, bars: "ascii" }),
    );
  });
});

Deno.test("render() writes to the file of --out and says when it cannot", () => {
  withRun((run, folder, root) => {
    const file = join(root, "run.csv");
    assert.deepEqual(run(folder, "--reporter", "csv", "--out", file), { code: EXIT.fine, printed: "" });
    assert.match(Deno.readTextFileSync(file), /^run,workload,/);
    assert.throws(() => run(folder, "--out", join(root, "absent", "file")), {
      name: "UsageError",
      message: /^Cannot write ".*" as it must be a writable file: /,
    });
  });
});

Deno.test("render() with --check accepts the same bytes and names the first line that differs", () => {
  withRun((run, folder) => {
    const file = join(folder, "report.md");
    assert.equal(run(folder, "--check").code, EXIT.wrong);
    run(folder, "--reporter", "markdown", "--out", file);
    assert.deepEqual(run(folder, "--check"), { code: EXIT.fine, printed: "" });

    const lines = Deno.readTextFileSync(file).split("\n");
    const changes: [line: number, text: string][] = [
      [3, lines.with(2, "Label other").join("\n")],
      [lines.length, `${lines.join("\n")}more`],
      [lines.length, `${lines.join("\n")}\n`],
      [lines.length, lines.slice(0, -1).join("\n")],
    ];
    for (const [line, text] of changes) {
      Deno.writeTextFileSync(file, text);
      assert.deepEqual(run(folder, "--check"), {
        code: EXIT.wrong,
        printed: `${file}:${line} is not what the record gives: render it again`,
      });
    }
  });
});

Deno.test("parseRenderArguments() refuses what cannot be combined, unknown flags and no run", () => {
  const refused: [args: string[], message: RegExp][] = [
    [["x", "--check", "--out", "file"], /Cannot combine --check with --out/],
    [
      ["x", "--check", "--reporter", "csv"],
      /the stored report is by the reporter markdown: got --reporter csv/,
    ],
    [["x", "--reportr", "csv"], /unknown option '--reportr' \(Did you mean --reporter\?\)/],
    [[], /missing required argument 'run'/],
    [["x", "y"], /too many arguments/],
  ];
  for (const [args, message] of refused) {
    assert.throws(() => parseRenderArguments(args), { name: "UsageError", message });
  }
});
