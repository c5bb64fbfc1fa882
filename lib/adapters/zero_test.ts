import { strictEqual } from "node:assert/strict";
import { watchSaves } from "./zero.ts";

/** Whether somebody took care of a rejection that nobody caught. */
function isTaken(reason: unknown): boolean {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  const event = new PromiseRejectionEvent("unhandledrejection", { promise, reason, cancelable: true });
  return !dispatchEvent(event);
}

Deno.test("watchSaves() takes what a save loses, nothing else, and nothing when it is over", () => {
  const lost = new DOMException("The transaction has finished.", "InvalidStateError");
  const stop = watchSaves();
  try {
    strictEqual(isTaken(lost), true);
    strictEqual(isTaken(new DOMException("No space", "QuotaExceededError")), false);
    strictEqual(isTaken(new Error("The transaction has finished.")), false);
  } finally {
    stop();
  }
  strictEqual(isTaken(lost), false);
});
