/** A child process that misbehaves as its workload's name says; for tests of the parent. */
import { type BlockOrder, encodeMessage } from "../../runner/protocol.ts";

const order = JSON.parse(Deno.args[0]!) as BlockOrder;

switch (order.workload) {
  case "exits-early":
    console.log("almost there");
    Deno.exit(7);
    break;
  case "crashes":
    throw new Error("segmentation fault, more or less");
  case "hangs":
    console.log(encodeMessage(order.token, { kind: "step", step: "burst 1/3" }));
    setInterval(() => {}, 1000);
    break;
  case "spins":
    for (let turn = 0; turn >= 0;) turn += 1;
    break;
  case "is-killed":
    console.log(encodeMessage(order.token, { kind: "step", step: "seed" }));
    Deno.kill(Deno.pid, "SIGKILL");
    break;
  case "floods": {
    const line = new TextEncoder().encode("blah ".repeat(13_000) + "\n");
    while (true) Deno.stdout.writeSync(line);
  }
  case "floods-without-line-ends": {
    const piece = new Uint8Array(65_536).fill(97);
    while (true) Deno.stdout.writeSync(piece);
  }
  case "says-half-a-message":
    Deno.stdout.writeSync(new TextEncoder().encode(`${order.token} {"kind":"resu`));
    break;
  case "forges-a-message":
    console.log(encodeMessage("some-other-token", { kind: "skip", reason: "forged" }));
    break;
  case "chatters-and-skips":
    console.log("driver 1.2.3 is starting");
    console.error("deprecated");
    console.log(encodeMessage(order.token, { kind: "skip", reason: "no driver" }));
    break;
  case "finds-no-driver":
    throw new TypeError("Could not find npm package 'some-db' matching '9.9.9'.");
  case "speaks-of-drivers-during-a-phase":
    console.log(encodeMessage(order.token, { kind: "step", step: "burst 1/3" }));
    throw new TypeError("Could not find npm package 'some-db' matching '9.9.9'.");
  case "lingers-after-its-answer":
    console.log(encodeMessage(order.token, { kind: "skip", reason: "no driver" }));
    setInterval(() => {}, 1000);
    break;
}
