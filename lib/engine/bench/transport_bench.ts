/**
 * Measures what one round trip to another thread costs over every transport that this runtime offers.
 *
 * Run: `deno run -A lib/engine/bench/transport_bench.ts [rounds]`. Modes are interleaved in every round; the table shows,
 * per mode and per amount of work done by the worker, the median over rounds of the per-round p50 and p99 in us.
 */
import { Worker as NodeWorker } from "node:worker_threads";
import process from "node:process";

const rounds = Number(process.argv[2] ?? 5);
const callsPerRound = 400;
const worksUs = [0, 20, 200];

interface Transport {
  readonly name: string;
  call(workUs: number): Promise<void>;
  stop(): void;
}

const url = new URL("./transport_worker.ts", import.meta.url);

function webPort(): Transport {
  const worker = new Worker(url, { type: "module" });
  let wake = () => {};
  worker.onmessage = () => wake();
  return {
    name: "web postMessage",
    call: (us) =>
      new Promise((resolve) => {
        wake = resolve;
        worker.postMessage(us);
      }),
    stop: () => worker.terminate(),
  };
}

function nodePort(): Transport {
  const worker = new NodeWorker(url, {
    workerData: { mode: "node-port", cells: new Int32Array(4), spinUs: 0, port: null },
  });
  let wake = () => {};
  worker.on("message", () => wake());
  return {
    name: "node postMessage",
    call: (us) =>
      new Promise((resolve) => {
        wake = resolve;
        worker.postMessage(us);
      }),
    stop: () => void worker.terminate(),
  };
}

function atomics(
  name: string,
  reply: "waitAsync" | "atomics+port" | "doorbell",
  web: boolean,
  spinUs: number,
  callerSpinUs: number,
): Transport {
  const cells = new Int32Array(new SharedArrayBuffer(16));
  const channel = reply === "doorbell" ? new MessageChannel() : null;
  const start = { mode: reply, cells, spinUs, port: channel?.port1 ?? null };
  let wake = () => {};
  let post: (value: unknown) => void;
  let terminate: () => void;
  if (web) {
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = () => wake();
    worker.postMessage(start);
    post = (value) => worker.postMessage(value);
    terminate = () => worker.terminate();
  } else {
    const transferList = channel ? [channel.port1 as never] : [];
    const worker = new NodeWorker(url, { workerData: start, transferList });
    worker.on("message", () => wake());
    post = (value) => channel?.port2.postMessage(value);
    terminate = () => void worker.terminate();
  }
  let sent = 0;
  return {
    name,
    call(us) {
      sent++;
      Atomics.store(cells, 2, us);
      if (reply === "doorbell") post(us);
      if (reply !== "waitAsync") {
        return new Promise((resolve) => {
          wake = resolve;
          Atomics.store(cells, 0, sent);
          Atomics.notify(cells, 0);
        });
      }
      Atomics.store(cells, 0, sent);
      Atomics.notify(cells, 0);
      const until = performance.now() + callerSpinUs / 1000;
      do {
        if (Atomics.load(cells, 1) === sent) return Promise.resolve();
      } while (performance.now() < until);
      const waited = Atomics.waitAsync(cells, 1, sent - 1);
      return waited.async ? waited.value.then(() => {}) : Promise.resolve();
    },
    stop() {
      Atomics.store(cells, 3, 1);
      Atomics.add(cells, 0, 1);
      Atomics.notify(cells, 0);
      terminate();
    },
  };
}

const transports = [
  webPort(),
  nodePort(),
  atomics("node atomics -> waitAsync", "waitAsync", false, 0, 0),
  atomics("web atomics -> waitAsync", "waitAsync", true, 0, 0),
  atomics("node atomics -> postMessage", "atomics+port", false, 0, 0),
  atomics("web atomics -> postMessage", "atomics+port", true, 0, 0),
  atomics("node atomics + receiveMessageOnPort -> postMessage", "doorbell", false, 0, 0),
  atomics("node atomics, worker spins 50 us -> waitAsync", "waitAsync", false, 50, 0),
  atomics("node atomics, worker spins 50 us -> postMessage", "atomics+port", false, 50, 0),
  atomics("node atomics, both spin 50 us -> waitAsync", "waitAsync", false, 50, 50),
];

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const quantile = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))]!;
const found = new Map<string, { p50: number[]; p99: number[] }>();
for (let round = 0; round <= rounds; round++) {
  for (const us of worksUs) {
    for (const transport of transports) {
      const times: number[] = [];
      for (let i = 0; i < callsPerRound; i++) {
        const start = performance.now();
        await transport.call(us);
        times.push((performance.now() - start) * 1000);
        await turn();
      }
      if (round === 0) continue; // The first round warms threads and compilers up.
      const key = `${transport.name}|${us}`;
      const entry = found.get(key) ?? { p50: [], p99: [] };
      entry.p50.push(quantile(times, 0.5));
      entry.p99.push(quantile(times, 0.99));
      found.set(key, entry);
    }
  }
}
console.log(`| transport | ${worksUs.map((us) => `work ${us} us: p50 / p99`).join(" | ")} |`);
console.log(`|---|${worksUs.map(() => "---|").join("")}`);
for (const transport of transports) {
  const columns = worksUs.map((us) => {
    const entry = found.get(`${transport.name}|${us}`)!;
    return `${quantile(entry.p50, 0.5).toFixed(1)} / ${quantile(entry.p99, 0.5).toFixed(1)}`;
  });
  console.log(`| ${transport.name} | ${columns.join(" | ")} |`);
  transport.stop();
}
process.exit(0);
