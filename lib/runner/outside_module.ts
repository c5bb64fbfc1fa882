/** What a child process needs to import a module from outside this repository. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Outside modules import the contracts from here. */
const MODEL_FOLDER = fileURLToPath(new URL("../model", import.meta.url));

/** The URL of a module named by path (relative to `folder`), URL or package specifier. */
export function moduleUrl(name: string, folder = "."): string {
  return /^[a-z]{2,}:/.test(name) ? name : pathToFileURL(resolve(folder, name)).href;
}

/** Configuration that the module's imports resolve by, and folders that the child may read to import it. */
export interface OutsideAccess {
  /** The nearest `deno.json` or `deno.jsonc` at or above the module; absent for packages, and where there is none. */
  readonly configPath?: string;
  /**
   * The folder of the configuration, or of the module itself, that of the project (the nearest `package.json` at or above
   * it), since an adapter imports the library that it is for, and the packages that npm installed; nothing for packages.
   * And the contracts' folder.
   */
  readonly read: readonly string[];
}

/** Finds out what importing a module takes. Reads the folders above it. */
export function outsideAccess(url: string): OutsideAccess {
  if (!url.startsWith("file:")) return { read: [MODEL_FOLDER] };
  const path = fileURLToPath(url);
  const configPath = nearestConfig(path);
  return {
    read: [dirname(configPath ?? path), ...projectFolder(path), ...packageFolders(path), MODEL_FOLDER],
    ...(configPath === undefined ? {} : { configPath }),
  };
}

/** Every `node_modules` at or above a module, where Node would look for its imports. */
function packageFolders(path: string): string[] {
  const found: string[] = [];
  for (let folder = dirname(path);; folder = dirname(folder)) {
    const packages = join(folder, "node_modules");
    if (isFolder(packages)) found.push(packages);
    if (folder === dirname(folder)) return found;
  }
}

function projectFolder(path: string): string[] {
  for (let folder = dirname(path);; folder = dirname(folder)) {
    if (isFile(join(folder, "package.json"))) return [folder];
    if (folder === dirname(folder)) return [];
  }
}

function nearestConfig(path: string): string | undefined {
  for (let folder = dirname(path);; folder = dirname(folder)) {
    const found = ["deno.json", "deno.jsonc"].map((name) => join(folder, name)).find(isFile);
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
