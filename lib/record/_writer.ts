/**
 * A process that writes a run until it is killed: `_writer.ts <root> <label> loop|hold`.
 *
 * `loop` appends blocks of growing size for ever, every other one with a timeline, sealing and resuming now and then, and prints the position of each
 * block once `append` has returned. `hold` keeps the new run open until its standard input ends.
 */
import { END, exampleBlock, examplePhases, exampleStart } from "./_fixtures.ts";
import { createRun, resumeRun } from "./run_folder.ts";

const [root, label, mode] = Deno.args;
const encoder = new TextEncoder();
// Not console.log: the line must be in the pipe before the next block is begun.
const say = (text: string) => Deno.stdout.writeSync(encoder.encode(text + "\n"));

say("starting");
let run = createRun(exampleStart(root!, label));
say("created");
if (mode === "hold") {
  for await (const _chunk of Deno.stdin.readable);
  run.close();
  Deno.exit(0);
}
for (let position = 0;; position++) {
  const block = exampleBlock(position);
  const grown = { ...block, facts: { ...block.facts, filler: "☃".repeat((position * 997) % 20_000) } };
  run.append(grown, position % 2 === 0 ? examplePhases(position) : undefined);
  say(String(position));
  if (position % 5 === 4) {
    run.seal({ status: "partial", now: END });
    run = resumeRun(run.folder);
  }
}
