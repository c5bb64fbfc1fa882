/**
 * More tabs of one browser, each played by a parent of its own: whoever wants one connects to the relay, which has the
 * browser, and speaks to a page as if it had been started with it.
 *
 *     another parent --- two pipes --- tab.ts --- socket --- relay --- page
 */
import { connect, createServer, type Socket } from "node:net";
import type { BrowserContext } from "playwright-core";
import { openDescriptors } from "../../lib/child/file_descriptors.ts";
import type { Channel } from "../../lib/child/serve.ts";
import { type PlayedPage, playPage } from "./chromium_page.ts";

/** The port of the relay stands in a file beside the profile. */
function portFile(profile: string): string {
  return `${profile}.tabs`;
}

/** Opens a page for everybody who connects. Resolves when it can be connected to. */
export async function takeTabs(
  context: BrowserContext,
  profile: string,
  played: Pick<PlayedPage, "origin" | "processNs">,
): Promise<void> {
  const server = createServer((socket) =>
    void takeTab(context, socket, played).catch((error) => {
      console.error(error);
      socket.destroy();
    })
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await Deno.writeTextFile(portFile(profile), String((server.address() as { port: number }).port));
}

async function takeTab(
  context: BrowserContext,
  socket: Socket,
  played: Pick<PlayedPage, "origin" | "processNs">,
): Promise<void> {
  const channel = linesOver(socket, () => {});
  const page = await context.newPage();
  await playPage({ ...played, page, channel, leave: () => socket.destroy() });
  await page.close();
}

/** Carries the lines of the parent that started this process to a tab, and back, until one of the two is gone. */
export async function carryTab(profile: string): Promise<void> {
  const leave = (): void => Deno.exit(0);
  const parent = openDescriptors(leave);
  const port = Number(await Deno.readTextFile(portFile(profile)));
  const relay = linesOver(connect(port, "127.0.0.1"), leave);
  await Promise.all([carry(parent, relay), carry(relay, parent)]);
}

type Lines = Pick<Channel, "receive" | "send">;

function linesOver(socket: Socket, onGone: () => void): Lines {
  const { receive } = openDescriptors(onGone, socket);
  return { receive, send: (line) => void socket.write(`${line}\n`) };
}

async function carry(from: Lines, to: Lines): Promise<void> {
  for (let line = await from.receive(); line !== undefined; line = await from.receive()) to.send(line);
}

if (import.meta.main) await carryTab(Deno.args[0]!);
