/**
 * A version that JSR serves, as files: commands read files beside themselves, and start children with configurations,
 * which must be on a disk. Every version is fetched once.
 */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { dirname, join, posix } from "node:path";
import { messageOf } from "../model/errors.ts";

/** What JSR tells of a version. Paths begin with a slash. */
interface VersionMeta {
  readonly manifest: Readonly<Record<string, { readonly checksum: string }>>;
}

const FETCHED_AT_ONCE = 8;

/** The folder of the user's cache that holds versions; `WATCHBENCH_CACHE` names another one. */
export function packagesCache(): string {
  const own = Deno.env.get("WATCHBENCH_CACHE");
  return own ?? join(Deno.env.get("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "watchbench");
}

/**
 * The folder in `cache` that holds the version whose files are below `root`, such as
 * `https://jsr.io/@watchbench/watchbench/0.1.0/`. Rejects with an Error that says what to do when a file cannot be fetched
 * or is not what the version's manifest says, and with the system's error as cause when the disk does not take it.
 */
export async function packageCopy(root: URL, cache: string): Promise<string> {
  const version = root.pathname.split("/").at(-2)!;
  const name = createHash("sha256").update(root.href).digest("hex").slice(0, 12);
  const target = join(cache, `${version}-${name}`);
  if (isFolder(target)) return target;
  const meta = JSON.parse(await text(new URL(`../${version}_meta.json`, root))) as VersionMeta;
  const draft = `${target}.${Deno.pid}`;
  try {
    const files = Object.entries(meta.manifest);
    const take = async (): Promise<void> => {
      for (let next = files.pop(); next !== undefined; next = files.pop()) {
        const [path, { checksum }] = next;
        const content = await fetched(new URL(`.${path}`, root));
        const digest = createHash("sha256").update(content).digest("hex");
        if (checksum !== `sha256-${digest}`) {
          throw new Error(
            `Cannot use ${path} of version ${version} as it must be what was published: its digest differs`,
          );
        }
        keep(join(draft, path), withDriverNames(path, content, meta));
      }
    };
    const takers = Array.from({ length: FETCHED_AT_ONCE }, () =>
      take().catch((error: unknown) => {
        files.length = 0;
        throw error;
      }));
    // Nobody may still be writing when the draft is moved or removed.
    const failure = (await Promise.allSettled(takers)).find(({ status }) => status === "rejected");
    if (failure !== undefined) throw (failure as PromiseRejectedResult).reason;
    Deno.renameSync(draft, target);
  } catch (error) {
    if (isFolder(draft)) Deno.removeSync(draft, { recursive: true });
    // Another process was quicker.
    if (!isFolder(target)) throw error;
  }
  return target;
}

const MODULE = /\.(?:ts|js|mjs)$/;
const RELATIVE_IMPORT = /(\b(?:from|import)\s*\(?\s*)"\.\/([^"]+)"/g;

/**
 * A module with the names of packages as they were written. `deno publish` writes those of `jsr.json` out; a name that only
 * the configuration of an adapter's driver or of a tool has, it takes for a file beside the module: `"./tinybase"`.
 */
function withDriverNames(path: string, content: Uint8Array, { manifest }: VersionMeta): Uint8Array {
  if (!MODULE.test(path)) return content;
  const restored = new TextDecoder().decode(content).replaceAll(
    RELATIVE_IMPORT,
    (whole, before: string, name: string) =>
      Object.hasOwn(manifest, posix.join(posix.dirname(path), name)) ? whole : `${before}"${name}"`,
  );
  return new TextEncoder().encode(restored);
}

function keep(file: string, content: Uint8Array): void {
  try {
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeFileSync(file, content);
  } catch (error) {
    throw new Error(
      `Cannot copy the package into the cache: ${messageOf(error)}. WATCHBENCH_CACHE names another folder`,
      { cause: error },
    );
  }
}

async function text(url: URL): Promise<string> {
  return new TextDecoder().decode(await fetched(url));
}

async function fetched(url: URL): Promise<Uint8Array> {
  let reason: string;
  try {
    const response = await fetch(url);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    reason = `the answer is ${response.status}`;
  } catch (error) {
    reason = messageOf(error);
  }
  throw new Error(
    `Cannot fetch ${url.pathname} as the registry must be reachable when a version runs for the first time: ${reason}`,
  );
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
