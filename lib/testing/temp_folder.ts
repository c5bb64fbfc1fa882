/** Runs a test in a folder of its own, which is removed afterwards. */
export async function inTempFolder(test: (folder: string) => Promise<void>): Promise<void> {
  // The real path: on some systems the folder for temporary files is a link.
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
