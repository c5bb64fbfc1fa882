/** Reads which threads of a child spend its CPU time. */
import type { CpuReading } from "./scenario.ts";

/** Linux counts CPU time in these, whatever its kernel ticks at. */
const TICKS_PER_SECOND = 100;
/** Threads that every program of the runtime has: garbage collection, compilation, timers. */
const RUNTIME_THREADS = /^(V8 |tokio|notify|denokv|sigterm)/;

interface Counted {
  readonly id: number;
  readonly name: string;
  readonly seconds: number;
}

/** CPU time of a process by thread. `undefined` where there is no /proc. */
export async function readThreadCpu(pid: number): Promise<Omit<CpuReading, "processSeconds"> | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const threads = await read(`cat /proc/${pid}/task/[0-9]*/stat`);
  const sum = (counted: readonly Counted[]) => counted.reduce((total, { seconds }) => total + seconds, 0);
  return {
    callerSeconds: sum(threads.filter(({ id }) => id === pid)),
    threadSeconds: sum(threads.filter(({ id, name }) => id !== pid && !RUNTIME_THREADS.test(name))),
  };
}

/** Deno itself may not read /proc, hence a shell. What ends meanwhile is left out. */
async function read(command: string): Promise<Counted[]> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command], stdout: "piped", stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    // The name, in parentheses, may hold anything.
    const [open, close] = [line.indexOf("("), line.lastIndexOf(")")];
    if (open < 0 || close < 0) return [];
    const fields = line.slice(close + 2).split(" ");
    return [{
      id: Number(line.slice(0, open)),
      name: line.slice(open + 1, close),
      seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    }];
  });
}
