import assert from "node:assert/strict";
import { RequestReceiver, RequestSender } from "./channel.ts";
import { Decoder, Encoder } from "./codec.ts";
import { strict } from "./testing/fixtures.ts";
import { Random } from "./testing/random.ts";
import type { SqlParam } from "./values.ts";

function randomValue(r: Random): SqlParam {
  switch (r.below(7)) {
    case 0:
      return null;
    case 1:
      return r.below(1000) / 8;
    case 2:
      return BigInt(r.below(1000)) * 2n ** 50n;
    case 3:
      return "aé€😀".slice(r.below(3)).repeat(r.below(20));
    case 4:
      return new Uint8Array(r.below(40)).fill(r.below(256));
    case 5:
      return r.oneIn(2);
    default:
      return "";
  }
}

Deno.test("Decoder gives back what Encoder was given when rows are of one kind, or mixed", () => {
  const r = new Random(7);
  const encoder = new Encoder();
  const decoder = new Decoder();
  for (let round = 0; round < 200; round++) {
    const width = 1 + r.below(4);
    const kinds = Array.from({ length: width }, () => r.below(3));
    const rows = Array.from(
      { length: 1 + r.below(30) },
      () =>
        kinds.map((kind) =>
          kind === 0 ? r.below(1e9) : kind === 1 ? "x😀".repeat(r.below(9)) : randomValue(r)
        ),
    );
    const extra = Array.from({ length: r.below(5) }, () => randomValue(r));
    const bytes = encoder.reset().uint(round).byte(3).text("SELECT é").rows(rows, width).values(extra)
      .finish().slice();
    decoder.open(bytes);
    assert.deepEqual([decoder.uint(), decoder.byte(), decoder.text()], [round, 3, "SELECT é"]);
    const { rowCount, columns } = decoder.columns();
    assert.deepEqual(Array.from({ length: rowCount }, (_, i) => columns.map((column) => column[i])), rows);
    assert.deepEqual(decoder.values(), extra);
  }
});

Deno.test({
  name: "RequestReceiver.next() gives every request in order when the ring is full, wraps, or is too small",
  ...strict,
  fn() {
    const r = new Random(11);
    const sender = new RequestSender(4096);
    const receiver = new RequestReceiver(sender.end);
    const sent: Uint8Array[] = [];
    let received = 0;
    for (let round = 0; round < 3000; round++) {
      const size = r.oneIn(30) ? 2000 + r.below(5000) : r.below(300);
      const bytes = new Uint8Array(size).fill(round % 251);
      sent.push(bytes);
      sender.send(bytes);
      // Sometimes the reader lags behind, and requests have to wait outside of the ring.
      while (received < sent.length && (!r.oneIn(3) || round === 2999)) {
        if (!receiver.ready) sender.pump();
        assert.deepEqual(receiver.next().slice(), sent[received++]);
        if (r.oneIn(2)) sender.pump();
      }
    }
    assert.equal(received, sent.length);
    sender.close();
    receiver.close();
  },
});
