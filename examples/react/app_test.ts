import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openDatabase } from "watchbench/engine";
import { findChromium, launchChromium } from "../../site/browser/chromium.ts";
import { answer } from "./server.ts";

const chromium = findChromium();
if ("reason" in chromium) console.error(`The test of the hook is skipped as ${chromium.reason}`);

/** The page as one script. */
async function bundled(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", fileURLToPath(new URL("app.tsx", import.meta.url))],
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "useLiveQuery() shows what the database holds when it is written by the page, by others, and fails",
  ignore: "reason" in chromium,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "watchlite-react-" });
    const script = await bundled();
    const browser = await launchChromium("path" in chromium ? chromium.path : "");
    const db = await openDatabase(`${folder}/tasks.db`);
    const stop = new AbortController();
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen: () => {} },
      (request) => answer(db, script, request),
    );
    try {
      await db.exec(
        "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT); INSERT INTO tasks(title) VALUES ('first')",
      );
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      const shows = async (titles: string[]) => {
        await page.waitForFunction(
          (wanted) =>
            JSON.stringify([...document.querySelectorAll("li")].map((item) => item.textContent)) === wanted &&
            document.querySelector("output")?.textContent === String(JSON.parse(wanted).length),
          JSON.stringify(titles),
        );
      };
      await page.goto(`http://127.0.0.1:${server.addr.port}/`);
      await shows(["first"]);
      // In strict mode React subscribes, leaves and subscribes again: the database must be left with one of each.
      assert.equal(db.liveQueryCount, 2);
      await page.getByLabel("New task").fill("by the page");
      await page.getByRole("button", { name: "Add" }).click();
      await shows(["first", "by the page"]);
      await db.batch(["DELETE FROM tasks WHERE id = 1", "INSERT INTO tasks(title) VALUES ('by another')"]);
      await shows(["by the page", "by another"]);
      assert.deepEqual(faults, []);
      await db.exec("ALTER TABLE tasks RENAME TO gone");
      await page.getByRole("alert").filter({ hasText: "no such table: tasks" }).waitFor();
    } finally {
      await browser.close();
      stop.abort();
      await db.close();
      await server.finished;
      await Deno.remove(folder, { recursive: true });
    }
  },
});
