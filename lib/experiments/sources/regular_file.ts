/** Files that are what they seem: a folder or a link in the place of a file is a fault to name, not a reason to stop. */

/** A file that was looked at: its text, why it has none, or nothing at all when it is not there. */
export type FileContent = { readonly text: string } | { readonly fault: string } | undefined;

/** Reads a regular file. Throws for what is nobody's fault, such as a file that may not be read. */
export function readRegularFile(path: string): FileContent {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (info.isFile) return { text: Deno.readTextFileSync(path) };
  const kind = info.isSymlink ? "a symbolic link" : info.isDirectory ? "a folder" : "neither file nor folder";
  return { fault: `it must be a regular file: it is ${kind}` };
}
