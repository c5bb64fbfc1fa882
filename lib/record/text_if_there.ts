/** The text of a file; `undefined` when there is none. Throws what the file system throws for every other reason. */
export function textIfThere(path: string | URL): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
