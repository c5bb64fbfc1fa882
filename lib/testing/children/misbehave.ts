/** A child process that misbehaves as its argument says, in Deno, Node and Bun; for tests of the parent. */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import process from "node:process";
import { DESCRIPTORS, openDescriptors } from "../../child/mod.ts";
import { encodeJson } from "../../protocol/json.ts";
import { openInput } from "../../runtime/bun.ts";

const behaviour = process.argv[2];
const channel = openDescriptors(
  () => process.exit(1),
  "Bun" in globalThis ? openInput(DESCRIPTORS.in) : undefined,
);
const { token } = JSON.parse((await channel.receive())!) as { token: string };

/** Waits for the next request. */
const asked = () => channel.receive();
const say = (message: object): void => channel.send(`${token} ${encodeJson(message)}`);
const begun = { kind: "answer", answer: { turnCostNs: 1, clockStepNs: 1, facts: {} } };
/** All of it: a pipe that is full for the moment takes a part, or nothing. */
const print = (bytes: Uint8Array): void => {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
    }
  }
};
const unavailable = { kind: "refused", message: "no driver", isDriverUnavailable: true };

await asked();
switch (behaviour) {
  case "exits-early":
    console.log("almost there");
    process.exit(7);
    break;
  case "crashes":
    throw new Error("segmentation fault, more or less");
  case "hangs":
    setInterval(() => {}, 1000);
    break;
  case "spins":
    for (let turn = 0; turn >= 0;) turn += 1;
    break;
  case "is-killed":
    say(begun);
    await asked();
    process.kill(process.pid, "SIGKILL");
    break;
  case "floods": {
    const line = new TextEncoder().encode("blah ".repeat(13_000) + "\n");
    while (true) print(line);
  }
  case "floods-without-line-ends": {
    const piece = new Uint8Array(65_536).fill(97);
    while (true) print(piece);
  }
  case "says-half-a-message":
    channel.send(`${token} {"kind":"answ`);
    break;
  case "forges-a-message":
    channel.send(`some-other-token ${encodeJson(unavailable)}`);
    break;
  case "answers-nonsense":
    say({ kind: "answer", answer: { turnCostNs: "fast" } });
    break;
  case "answers-twice":
    say(begun);
    say(begun);
    setInterval(() => {}, 1000);
    break;
  case "chatters-and-skips":
    console.log("driver 1.2.3 is starting");
    console.error("deprecated");
    say(unavailable);
    break;
  case "prints-dots":
    print(new TextEncoder().encode("."));
    say(unavailable);
    print(new TextEncoder().encode(".."));
    break;
  case "finds-no-driver":
    throw new TypeError("Could not find npm package 'some-db' matching '9.9.9'.");
  case "speaks-of-drivers-during-a-phase":
    say(begun);
    await asked();
    say({ kind: "answer", answer: { elapsedNs: 1 } });
    await asked();
    throw new TypeError("Could not find npm package 'some-db' matching '9.9.9'.");
  case "lingers-after-its-answer":
    say(unavailable);
    setInterval(() => {}, 1000);
    break;
  case "leaves-a-process-behind":
    spawn("sleep", ["60"], { stdio: ["ignore", "inherit", "inherit"] }).unref();
    say(begun);
    await asked();
    process.exit(0);
    break;
  case "turns-the-clock-back": {
    say(begun);
    await asked();
    say({ kind: "started" });
    await new Promise((resolve) => setTimeout(resolve, 600));
    say({ kind: "acknowledged", message: { spanNs: 1000 } });
    setInterval(() => {}, 1000);
    break;
  }
}
