/** What a package's commands load, followed from file to file as far as the text of modules tells. */
import { dirname, extname, join, relative } from "node:path";
import { commandTasks } from "../../lib/cli/command_tasks.ts";

/** `from "./x.ts"`, `import("./x.ts")`. */
const IMPORT = /\b(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;
/** `new URL("x.ts", import.meta.url)`: workers, children, templates. No module graph has them. */
const NAMED = /\bnew URL\(\s*"([^"$]+)",\s*import\.meta\.url\s*\)/g;

const MODULES = [".ts", ".js", ".mjs"];

/** Rooms that commands start in processes of their own, by paths that are put together. */
const STARTED = ["tools/pages"];

/** Files that a command needs and `root` does not have, each with who names it. */
export function missingFiles(root: string): string[] {
  const missing: string[] = [];
  const seen = new Set<string>();
  const pending: { readonly file: string; readonly by: string }[] = [];
  for (const { name, script, config } of commandTasks(Deno.readTextFileSync(join(root, "deno.json")))) {
    for (const file of [script, config]) pending.push({ file: join(root, file), by: `watchbench ${name}` });
  }
  for (const folder of STARTED) {
    for (const { name, isFile } of Deno.readDirSync(join(root, folder))) {
      if (isFile) pending.push({ file: join(root, folder, name), by: folder });
    }
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { file, by } = next;
    if (seen.has(file)) continue;
    seen.add(file);
    if (relative(root, file).startsWith("..") || !exists(file)) {
      missing.push(`${relative(root, file)}, which ${by} loads`);
    } else if (MODULES.includes(extname(file))) {
      const text = withoutComments(Deno.readTextFileSync(file));
      for (const [, path] of [...text.matchAll(IMPORT), ...text.matchAll(NAMED)]) {
        pending.push({ file: join(dirname(file), path!), by: relative(root, file) });
      }
    }
  }
  return missing.sort();
}

/** Comments show how things are written that are not there. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\*\*?|\*|\/\/).*$/gm, "");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
