/** A static server on the loopback address whose pages are cross-origin isolated: their clock steps by 5 us, not 100. */
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const PAGE =
  "<!doctype html><html lang=en><meta charset=utf-8><title>watchbench</title><link rel=icon href=data:,>";

/** What is served, and to whose browser. */
export interface Served {
  /** The folder of the page's files. */
  readonly bundle: string;
  /** The browser's profile. */
  readonly profile: string;
}

/**
 * Serves the files of a folder, and a page at its root that runs `script` as a module, at the port of the relay that made
 * the profile: the port is part of the origin, and databases belong to one. `connect` is given who opens a WebSocket.
 * Returns the origin.
 */
export async function serveAgain(
  { bundle, profile }: Served,
  script = "",
  connect?: (socket: WebSocket) => void,
): Promise<string> {
  const portFile = `${profile}.port`;
  const origin = serveFolder(bundle, await formerPort(portFile), script, connect);
  await Deno.writeTextFile(portFile, new URL(origin).port);
  return origin;
}

/** 0, which is any, for a new profile. */
async function formerPort(file: string): Promise<number> {
  try {
    return Number(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function serveFolder(
  folder: string,
  port: number,
  script: string,
  connect: ((socket: WebSocket) => void) | undefined,
): string {
  const page = script === "" ? PAGE : `${PAGE}<script type=module>${script}</script>`;
  const { addr } = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") {
      return new Response(page, { headers: { ...ISOLATED, "Content-Type": "text/html" } });
    }
    if (connect !== undefined && request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      connect(socket);
      return response;
    }
    try {
      const path = normalize(pathname);
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      return new Response(await Deno.readFile(join(folder, path)), {
        headers: { ...ISOLATED, "Content-Type": type },
      });
    } catch {
      return new Response("Not found", { status: 404, headers: ISOLATED });
    }
  });
  // Addresses of this machine count as secure, which most storage asks for.
  return `http://${addr.hostname}:${addr.port}`;
}
