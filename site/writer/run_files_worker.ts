/** The far side of `run_files.ts`: prepares the runs that it is asked for. Ends when it is terminated. */
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../lib/model/mod.ts";
import { prepareRun, type RunOrder, type RunsAnswer, type RunsSite } from "./run_files.ts";

const site = workerData as RunsSite;

parentPort?.on("message", (orders: readonly RunOrder[]) => {
  let answer: RunsAnswer;
  try {
    answer = { outcomes: orders.map((order) => prepareRun(site, order)) };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  parentPort!.postMessage(answer);
});
