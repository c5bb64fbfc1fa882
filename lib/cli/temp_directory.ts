/** Temporary directories that do not outlive the bench, even when it was killed. */
import process from "node:process";

const NAME = /^watchbench-(\d+)-/;

/**
 * Makes a temporary directory of this process; its name carries the process id. Others may pass through it and not look
 * around: a server that must not run as root keeps its files below.
 */
export async function makeTempDirectory(): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: `watchbench-${Deno.pid}-` });
  if (Deno.build.os !== "windows") await Deno.chmod(path, 0o711);
  return path;
}

/**
 * Removes directories that killed processes left in `parent`; those of living processes stay. Returns how many it
 * removed. A directory that cannot be removed stays without complaint: it may belong to somebody else.
 */
export async function sweepTempDirectories(parent: string): Promise<number> {
  let sweptCount = 0;
  for await (const entry of Deno.readDir(parent)) {
    const pid = NAME.exec(entry.name)?.[1];
    if (pid === undefined || !entry.isDirectory || isAlive(Number(pid))) continue;
    try {
      await Deno.remove(`${parent}/${entry.name}`, { recursive: true });
      sweptCount += 1;
    } catch {
      // See above.
    }
  }
  return sweptCount;
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
