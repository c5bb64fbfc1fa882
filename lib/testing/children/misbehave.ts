/** A child process that misbehaves as its argument says; for tests of the parent. */
import { openDescriptors } from "../../child/mod.ts";
import { encodeJson } from "../../protocol/json.ts";

const [behaviour] = Deno.args;
const channel = openDescriptors(() => Deno.exit(1));
const { token } = JSON.parse((await channel.receive())!) as { token: string };

/** Waits for the next request. */
const asked = () => channel.receive();
const say = (message: object): void => channel.send(`${token} ${encodeJson(message)}`);
const begun = { kind: "answer", answer: { turnCostNs: 1 } };
const unavailable = { kind: "refused", message: "no driver", isDriverUnavailable: true };

await asked();
switch (behaviour) {
  case "exits-early":
    console.log("almost there");
    Deno.exit(7);
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
    Deno.stdout.writeSync(new TextEncoder().encode("."));
    say(unavailable);
    Deno.stdout.writeSync(new TextEncoder().encode(".."));
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
    new Deno.Command("sleep", { args: ["60"], stdin: "null", stdout: "inherit", stderr: "inherit" }).spawn()
      .unref();
    say(begun);
    await asked();
    Deno.exit(0);
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
