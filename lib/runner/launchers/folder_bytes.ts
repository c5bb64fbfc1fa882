/** Length of all files in a folder and below; what is gone while somebody looks counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) bytes += await folderBytes(path);
      else if (isFile) bytes += await fileBytes(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return bytes;
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
