/** As much of JSR as it takes to publish a package and to run it, on this machine. */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";

/** What is read of the package's file. */
interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
}

/** What `deno publish` sends with what it publishes. */
export const TOKEN = "token-of-the-publisher";

const TYPES: Readonly<Record<string, string>> = {
  ts: "text/typescript",
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
};

/** A registry that takes one version of one package, as `deno publish` sends it, and serves it as JSR does. */
export class LocalJsr implements AsyncDisposable {
  /** Method and path of every request. */
  readonly requests: string[] = [];
  readonly #folder = Deno.makeTempDirSync({ prefix: "watchbench-jsr-" });
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #published: PackageFile | undefined;
  #files: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map();
  #isGone = false;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** What stands for JSR_URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Files of the published version by path, such as `/mod.ts`. */
  get files(): ReadonlyMap<string, Uint8Array> {
    return this.#files;
  }

  /** From now on nothing is there. */
  leave(): void {
    this.#isGone = true;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    if (this.#isGone) return new Response("gone", { status: 503 });
    if (pathname.startsWith("/api/")) return await this.#answerPublisher(request, pathname);
    const published = this.#published;
    if (published === undefined || !pathname.startsWith(`/${published.name}/`)) return notFound();
    const { name, version, exports } = published;
    const path = pathname.slice(name.length + 2);
    if (path === "meta.json") return Response.json({ latest: version, versions: { [version]: {} } });
    if (path === `${version}_meta.json`) {
      const manifest = [...this.#files].map(([file, content]) =>
        [file, {
          size: content.length,
          checksum: `sha256-${createHash("sha256").update(content).digest("hex")}`,
        }] as const
      );
      return Response.json({ manifest: Object.fromEntries(manifest), exports });
    }
    const content = this.#files.get(path.slice(version.length));
    if (!path.startsWith(`${version}/`) || content === undefined) return notFound();
    const type = TYPES[path.split(".").at(-1)!] ?? "text/plain";
    return new Response(content, { headers: { "content-type": type } });
  }

  async #answerPublisher(request: Request, pathname: string): Promise<Response> {
    // The package is there, having been made on the registry's own pages, and has no version yet.
    if (request.method === "GET") {
      return pathname.includes("/versions/") ? notFound() : Response.json({ latestVersion: null });
    }
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) {
      return Response.json({ code: "unauthorized", message: "Bad token" }, { status: 401 });
    }
    const archive = join(this.#folder, "package.tar.gz");
    Deno.writeFileSync(archive, await request.bytes());
    const content = join(this.#folder, "content");
    Deno.mkdirSync(content);
    const { success, stderr } = await new Deno.Command("tar", { args: ["-xf", archive, "-C", content] })
      .output();
    if (!success) {
      const message = new TextDecoder().decode(stderr);
      return Response.json({ code: "invalidArchive", message }, { status: 400 });
    }
    this.#files = filesBelow(content);
    this.#published = JSON.parse(Deno.readTextFileSync(join(content, "jsr.json"))) as PackageFile;
    return Response.json({ id: pathname, status: "success", error: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function filesBelow(root: string): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const visit = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (isDirectory) visit(path);
      else files.set(`/${relative(root, path)}`, Deno.readFileSync(path));
    }
  };
  visit(root);
  return files;
}

function notFound(): Response {
  return new Response("Not Found", { status: 404 });
}
