/**
 * The far side of `transport_bench.ts`: echoes requests over the transport it was started with, after the requested work.
 * Slots of the shared Int32Array: 0 request number, 1 reply number, 2 work in us, 3 stop.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import process from "node:process";

function work(us: number): void {
  const end = performance.now() + us / 1000;
  while (performance.now() < end);
}

interface Start {
  mode: string;
  cells: Int32Array;
  spinUs: number;
  port: MessagePort | null;
}

function serve(start: Start, post: (value: unknown) => void): void {
  const { cells, mode } = start;
  let seen = 0;
  for (;;) {
    const until = performance.now() + start.spinUs / 1000;
    while (Atomics.load(cells, 0) === seen && performance.now() < until);
    while (Atomics.load(cells, 0) === seen) Atomics.wait(cells, 0, seen);
    seen = Atomics.load(cells, 0);
    if (Atomics.load(cells, 3) === 1) return;
    if (mode === "atomics+port" || mode === "doorbell") {
      if (mode === "doorbell") receiveMessageOnPort(start.port as never);
      work(Atomics.load(cells, 2));
      post(seen);
      continue;
    }
    work(Atomics.load(cells, 2));
    Atomics.store(cells, 1, seen);
    Atomics.notify(cells, 1);
  }
}

if (parentPort) {
  const start = workerData as Start;
  const port = parentPort;
  if (start.mode === "node-port") {
    port.on("message", (us: number) => {
      if (us < 0) process.exit(0);
      work(us);
      port.postMessage(us);
    });
  } else {
    serve(start, (value) => port.postMessage(value));
  }
} else {
  const scope = globalThis as unknown as {
    onmessage: ((event: MessageEvent) => void) | null;
    postMessage(value: unknown): void;
  };
  scope.onmessage = (event) => {
    if (typeof event.data === "number") {
      work(event.data);
      scope.postMessage(event.data);
    } else serve(event.data as Start, (value) => scope.postMessage(value));
  };
}
