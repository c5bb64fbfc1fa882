/**
 * Plays a block in a page of Firefox: `firefox_relay.ts <order as JSON>`. To its parent this is the child, as the relay of
 * Chromium is. The browser is started with the address of the page, and what a driver would carry goes over a WebSocket
 * that the page opens:
 *
 *     parent --- two pipes --- relay --- WebSocket --- page: lib/child, adapter
 *
 * To what `page.ts` says and hears, two kinds are added: r the page is ready to hear, e an error that nobody caught.
 */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { openDescriptors } from "../../lib/child/file_descriptors.ts";
import type { RelayOrder } from "../../lib/runner/launchers/relay_order.ts";
import { BrowserProcesses } from "./processes.ts";
import { serveAgain } from "./serve_folder.ts";

/** Quiet and offline: nothing that a browser does by itself may reach the network or the CPU. */
const PREFERENCES: Readonly<Record<string, string | number | boolean>> = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.newtabpage.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  // Whoever was killed is started again without questions.
  "browser.sessionstore.resume_from_crash": false,
  "toolkit.startup.max_resumed_crashes": -1,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  // What the page prints is printed.
  "devtools.console.stdout.content": true,
  // A spare process would start in the middle of a phase.
  "dom.ipc.processPrelaunch.enabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  // An isolated page's clock steps by 20 us in any case.
  "privacy.reduceTimerPrecision": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
};

/** Runs in the page, before anything else does. */
const SCRIPT = `
const socket = new WebSocket(\`ws://\${location.host}/relay\`);
const say = socket.send.bind(socket);
const tell = (event, error) => setTimeout(() => {
  if (!event.defaultPrevented) say("e" + (error?.stack ? \`\${error}\\n\${error.stack}\` : String(error)));
});
addEventListener("error", (event) => tell(event, event.error ?? event.message));
addEventListener("unhandledrejection", (event) => tell(event, event.reason));
await new Promise((resolve) => socket.onopen = resolve);
globalThis.watchbenchSay = say;
Object.defineProperty(globalThis, "watchbenchHear", {
  configurable: true,
  set(hear) {
    socket.onmessage = ({ data }) => hear(data);
    say("r");
  },
});
performance.mark("watchbench-import");
import("/child.js").catch((error) => setTimeout(() => { throw error; }));
`;

/** A browser that is well is gone within a tenth of that. */
const CLOSE_MS = 2000;

const order = JSON.parse(Deno.args[0]!) as RelayOrder;
const channel = openDescriptors(() => {
  browser?.kill("SIGKILL");
  Deno.exit(1);
});
let browser: ChildProcess | undefined;
let isLeaving = false;
const { promise: opened, resolve: open } = Promise.withResolvers<WebSocket>();
const origin = await serveAgain(order, SCRIPT, (socket) => socket.onopen = () => open(socket));
await Deno.mkdir(order.profile, { recursive: true });
await Deno.writeTextFile(
  `${order.profile}/user.js`,
  Object.entries(PREFERENCES).map(([name, value]) =>
    `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`
  ).join(""),
);
browser = spawn(
  order.executable,
  ["--headless", "--no-remote", "--new-instance", "--profile", order.profile, `${origin}/`],
  {
    // What the page prints; the browser's own words are on the other one.
    stdio: ["ignore", "inherit", "ignore"],
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: "1" },
    // It leads a group of its own, by which it is found when this process was killed.
    detached: true,
  },
);
const gone = new Promise<void>((resolve) => browser!.once("exit", () => resolve()));
void gone.then(() => {
  if (isLeaving) return;
  console.error("The browser is gone");
  Deno.exit(1);
});
const processes = new BrowserProcesses(Deno.pid);

const socket = await opened;
const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
socket.onmessage = ({ data }) => {
  const text = data as string;
  switch (text[0]) {
    case "l":
      return channel.send(text.slice(1));
    case "c":
      return socket.send(`c${JSON.stringify({ callerNs: processes.pageNs(), processNs: processes.cpuNs() })}`);
    case "r":
      return becomeReady();
    case "e":
      // As in other runtimes an error that nobody catches ends the child.
      console.error(text.slice(1));
      return void leave(1);
    default:
      return void leave(0);
  }
};
socket.onclose = () => {
  if (isLeaving) return;
  console.error("The page is gone");
  void leave(1);
};
await ready;
for (let line = await channel.receive(); line !== undefined; line = await channel.receive()) {
  if (socket.readyState === WebSocket.OPEN) socket.send(`l${line}`);
}

async function leave(code: number): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  // What it has stored is the kernel's already: nothing is lost with it.
  browser!.kill("SIGTERM");
  const patience = new Promise((resolve) => setTimeout(resolve, CLOSE_MS));
  await Promise.race([gone, patience]);
  Deno.exit(code);
}
