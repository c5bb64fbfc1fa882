/** The far side of `run_pages.ts`: makes the pages that it is asked for. Ends when it is terminated. */
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../model/mod.ts";
import { makeRunPage, type RunPageOrder, type RunPagesAnswer, type RunPagesSite } from "./run_pages.ts";

const site = workerData as RunPagesSite;

parentPort?.on("message", (orders: readonly RunPageOrder[]) => {
  let answer: RunPagesAnswer;
  try {
    answer = { outcomes: orders.map((order) => makeRunPage(site, order)) };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  parentPort!.postMessage(answer);
});
