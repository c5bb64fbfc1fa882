/** Children in Deno, with exactly the permissions that their adapter declares. */
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Adapter } from "../../model/adapter.ts";
import { findLibc } from "../../runtime/mod.ts";
import { childFlags, driverConfigPath } from "../child_flags.ts";
import { outsideAccess } from "../outside_module.ts";
import { folderBytes } from "./folder_bytes.ts";
import { type Launcher, makeDirectoryIn } from "./launcher.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** See {@link Launcher}. */
export const denoLauncher: Launcher = {
  id: "deno",
  find: () => Promise.resolve({ version: Deno.version.deno }),
  launch: ({ adapter, adapterUrl, directory, downloads, checkout, driverConfigPath }) => {
    const libcPath = findLibc();
    const access = adapterUrl === undefined ? undefined : outsideAccess(adapterUrl);
    return Promise.resolve({
      executable: Deno.execPath(),
      args: [
        "run",
        ...(downloads ? [] : ["--cached-only"]),
        ...childFlags({
          adapter: adapterIn(checkout, adapter),
          directory,
          libcPath,
          configPath: driverConfigPath ?? access?.configPath ?? driverConfigIn(checkout, adapter),
          isLocked: driverConfigPath !== undefined,
          read: access?.read ?? [],
        }),
        pathToFileURL(join(checkout, "scripts", "cell.ts")).href,
        ...(libcPath === undefined ? [] : [libcPath]),
      ],
      playsIn: "process",
      makePlace: makeDirectoryIn(directory),
      storedBytes: folderBytes,
    });
  },
};

/** The adapter with what it reads inside this checkout replaced by the same in another one. */
function adapterIn(checkout: string, adapter: Adapter): Adapter {
  if (checkout === ROOT) return adapter;
  const { read = [] } = adapter.permissions;
  return {
    ...adapter,
    permissions: { ...adapter.permissions, read: read.map((path) => movedPath(checkout, path)) },
  };
}

/** The configuration of a registered adapter's drivers in another checkout; `undefined` in this one. */
function driverConfigIn(checkout: string, adapter: Adapter): string | undefined {
  const path = checkout === ROOT ? undefined : driverConfigPath(adapter);
  return path === undefined ? undefined : movedPath(checkout, path);
}

function movedPath(checkout: string, path: string): string {
  return path.startsWith(ROOT) ? join(checkout, relative(ROOT, path)) : path;
}
