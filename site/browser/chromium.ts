/** The system's Chromium, driven without downloading a browser. */
import { type Browser, chromium } from "playwright-core";

/** Quiet and offline: nothing that a browser does by itself may reach the network. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser"];

/** Path of Chromium, or why there is none to use. */
export function findChromium(): { readonly path: string } | { readonly reason: string } {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const path of folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`))) {
    try {
      if (Deno.statSync(path).isFile) return { path };
    } catch {
      // Not in this folder.
    }
  }
  return { reason: `${NAMES.join(" or ")} must be in PATH: apt-get install -y chromium` };
}

/** Starts the browser; close it when done. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}
