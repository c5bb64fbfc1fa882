/**
 * One pass of `bench:archive`, in a process of its own: opens an archive and asks for the history of a cell, twice. Prints what
 * that took; the clock begins when the process does.
 */
import process from "node:process";
import type { ArchivePass } from "../../lib/scaling/archive_study.ts";
import { historyText } from "./history.ts";
import { openArchive } from "./open_archive.ts";

if (import.meta.main) {
  const [archive, workload, adapter] = Deno.args as [string, string, string];
  const question = { workloads: [workload], adapters: [adapter], metrics: ["done_ns"], scales: [], last: 20 };
  const connection = await openArchive(archive);
  const text = await historyText(connection, question);
  const coldMs = process.uptime() * 1000;
  const startMs = performance.now();
  await historyText(connection, question);
  const warmMs = performance.now() - startMs;
  const runCount = [...text.matchAll(/: ([\d,]+) runs/g)].reduce(
    (sum, [, n]) => sum + Number(n!.replaceAll(",", "")),
    0,
  );
  const pass: ArchivePass = { coldMs, warmMs, peakBytes: process.resourceUsage().maxRSS * 1024, runCount };
  console.log(JSON.stringify(pass));
}
