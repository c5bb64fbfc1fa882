/**
 * One process of {@link startBusyProcesses}: sorts numbers in bursts of random length with short pauses, as a build or
 * a browser does, until its standard input ends.
 */
const NUMBER_COUNT = 20_000;
const BURST_MS = { least: 20, most: 200 };
/** The longest pause after a burst, as a share of it. */
const PAUSE_SHARE = 0.2;

const numbers = new Float64Array(NUMBER_COUNT);

function work(): void {
  const endMs = performance.now() + BURST_MS.least + Math.random() * (BURST_MS.most - BURST_MS.least);
  const beganMs = performance.now();
  do {
    for (let index = 0; index < NUMBER_COUNT; index++) numbers[index] = Math.random();
    numbers.sort();
  } while (performance.now() < endMs);
  setTimeout(work, (performance.now() - beganMs) * PAUSE_SHARE * Math.random());
}

work();
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
