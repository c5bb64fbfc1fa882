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

/** Serves the files of a folder, and an empty page at its root, at a port; 0 is any. Returns the origin. */
export function serveFolder(folder: string, port: number): string {
  const { addr } = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/") {
      return new Response(PAGE, { headers: { ...ISOLATED, "Content-Type": "text/html" } });
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
