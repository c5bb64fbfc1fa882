/**
 * Requests from the calling thread to one worker: a ring of bytes in shared memory that the worker sleeps on.
 *
 * ```
 * caller: Encoder -> RequestSender.send -> ring (or port, when it does not fit) -> Atomics.notify
 * worker: Atomics.wait -> RequestReceiver.next -> Decoder            replies go back by postMessage
 * ```
 *
 * One producer, one consumer. An entry is a header of 8 bytes (length, or a mark) and its bytes, padded to 8. Entries never
 * wrap around the end. TRANSPORT.md has the measurements behind this choice.
 *
 * @module
 */

import { receiveMessageOnPort } from "node:worker_threads";

const cell = { published: 0, read: 1, written: 2 } as const;
const mark = { wrap: -1, port: -2 } as const;
const controlBytes = 64;

/** What a worker needs to receive requests; sent to it at its start. */
export interface ChannelEnd {
  readonly memory: SharedArrayBuffer;
  readonly port: MessagePort;
  /** Numbers of requests that were taken back. */
  readonly withdrawn: Int32Array<SharedArrayBuffer>;
}

/**
 * So many requests can be taken back at a time, roughly: each has a place by its number, and one that comes later to the same
 * place makes the earlier one be served after all.
 */
const withdrawnPlaces = 1024;

/** The calling thread's end. */
export class RequestSender {
  readonly #memory: SharedArrayBuffer;
  readonly #control: Int32Array;
  readonly #ring: Uint8Array;
  readonly #heads: Int32Array;
  readonly #channel = new MessageChannel();
  /** Requests for which the ring had no room; sent as soon as the worker has read on. */
  #waiting: Uint8Array[] = [];
  #waitingHead = 0;
  readonly #withdrawn = new Int32Array(new SharedArrayBuffer(withdrawnPlaces * 4));

  constructor(ringBytes: number) {
    this.#memory = new SharedArrayBuffer(controlBytes + ringBytes);
    this.#control = new Int32Array(this.#memory, 0, controlBytes / 4);
    this.#ring = new Uint8Array(this.#memory, controlBytes);
    this.#heads = new Int32Array(this.#memory, controlBytes);
  }

  /** The worker's end; its port must be in the transfer list. */
  get end(): ChannelEnd {
    return { memory: this.#memory, port: this.#channel.port1, withdrawn: this.#withdrawn };
  }

  /** Hands over one request; the bytes are copied before this returns. */
  send(bytes: Uint8Array): void {
    if (this.#waitingHead < this.#waiting.length || !this.#put(bytes)) this.#waiting.push(bytes.slice());
  }

  /** Takes a request back, by its number, if the worker has not begun it. */
  withdraw(id: number): void {
    Atomics.store(this.#withdrawn, id % withdrawnPlaces, id | 0);
  }

  /** To be called when a reply has arrived: the worker has made room. */
  pump(): void {
    const waiting = this.#waiting;
    while (this.#waitingHead < waiting.length && this.#put(waiting[this.#waitingHead]!)) this.#waitingHead++;
    // Shifting one by one would cost the square of what waits.
    if (this.#waitingHead === waiting.length || this.#waitingHead > 4096) {
      waiting.splice(0, this.#waitingHead);
      this.#waitingHead = 0;
    }
  }

  /**
   * Releases the port. Of what waits for room only the newest is sent yet, which must be short enough for the ring; the worker
   * still gets what is in the port.
   */
  leave(): void {
    this.#waiting = this.#waiting.slice(this.#waitingHead).slice(-1);
    this.#waitingHead = 0;
    this.#channel.port2.close();
  }

  /** Releases the port. */
  close(): void {
    this.#channel.port2.close();
    this.#waiting = [];
    this.#waitingHead = 0;
  }

  #put(bytes: Uint8Array): boolean {
    // Above a quarter of the ring a copy through the port is cheaper than stopping everything behind it.
    if (bytes.length > this.#ring.length / 4) {
      const at = this.#claim(8);
      if (at < 0) return false;
      // The bare buffer: the runtime looks for ports in every element of an array that it hands out.
      const { buffer } = bytes.slice();
      this.#channel.port2.postMessage(buffer, [buffer]);
      this.#heads[at / 4] = mark.port;
      this.#publish(at + 8);
      return true;
    }
    const size = 8 + ((bytes.length + 7) & ~7);
    const at = this.#claim(size);
    if (at < 0) return false;
    this.#heads[at / 4] = bytes.length;
    this.#ring.set(bytes, at + 8);
    this.#publish(at + size);
    return true;
  }

  /** The offset of `size` free bytes in one piece, or -1. One gap of 8 bytes stays, so that full differs from empty. */
  #claim(size: number): number {
    const read = Atomics.load(this.#control, cell.read);
    const written = this.#control[cell.written]!;
    if (written >= read) {
      if (this.#ring.length - written > size) return written;
      if (read <= size) return -1;
      this.#heads[written / 4] = mark.wrap;
      return 0;
    }
    return read - written > size ? written : -1;
  }

  #publish(written: number): void {
    Atomics.store(this.#control, cell.written, written);
    Atomics.add(this.#control, cell.published, 1);
    Atomics.notify(this.#control, cell.published);
  }
}

/** The worker's end. */
export class RequestReceiver {
  readonly #control: Int32Array;
  readonly #ring: Uint8Array;
  readonly #heads: Int32Array;
  readonly #port: MessagePort;
  readonly #withdrawn: Int32Array<SharedArrayBuffer>;
  #seen = 0;
  #scratch = new Uint8Array(1 << 16);

  constructor(end: ChannelEnd) {
    this.#control = new Int32Array(end.memory, 0, controlBytes / 4);
    this.#ring = new Uint8Array(end.memory, controlBytes);
    this.#heads = new Int32Array(end.memory, controlBytes);
    this.#port = end.port;
    this.#withdrawn = end.withdrawn;
  }

  /** True when the caller has taken this request back. */
  isWithdrawn(id: number): boolean {
    return Atomics.load(this.#withdrawn, id % withdrawnPlaces) === (id | 0);
  }

  /** True when a request is there already. */
  get ready(): boolean {
    return Atomics.load(this.#control, cell.published) !== this.#seen;
  }

  /** Sleeps until a request is there or the time is over; true when one is there. */
  waitFor(ms: number): boolean {
    if (!this.ready) Atomics.wait(this.#control, cell.published, this.#seen, ms);
    return this.ready;
  }

  /** Waits for the next request, asleep. The bytes are valid until the next call. */
  next(): Uint8Array<ArrayBuffer> {
    while (Atomics.load(this.#control, cell.published) === this.#seen) {
      Atomics.wait(this.#control, cell.published, this.#seen);
    }
    this.#seen = (this.#seen + 1) | 0;
    let at = this.#control[cell.read]!;
    let length = this.#heads[at / 4]!;
    if (length === mark.wrap) {
      at = 0;
      length = this.#heads[0]!;
    }
    if (length === mark.port) {
      Atomics.store(this.#control, cell.read, at + 8);
      for (;;) {
        const message = receiveMessageOnPort(this.#port as never) as
          | { message: ArrayBuffer }
          | undefined;
        if (message !== undefined) return new Uint8Array(message.message);
      }
    }
    if (length > this.#scratch.length) this.#scratch = new Uint8Array(length * 2);
    this.#scratch.set(this.#ring.subarray(at + 8, at + 8 + length));
    Atomics.store(this.#control, cell.read, at + 8 + ((length + 7) & ~7));
    return this.#scratch.subarray(0, length);
  }

  /** Releases the port. */
  close(): void {
    this.#port.close();
  }
}
