/** The time axis of a timeline: what part of it is visible, and where times are on the screen. */

/** Nothing shorter than this can be zoomed to: times are whole microseconds. */
const SHORTEST_US = 10;
const TICK_ROOM = 92;
const UNITS = [[1, "us"], [1e3, "ms"], [1e6, "s"]] as const;

/** A label on the axis. */
export interface TimeTick {
  /** Where it is. */
  readonly atUs: number;
  /** Such as `43.2 ms`. */
  readonly text: string;
}

/** Visible time between limits. Pixels count from the left edge of the drawing. */
export class TimeScale {
  /** What is visible when all is shown. */
  readonly #home: readonly [fromUs: number, toUs: number];
  /** The earliest time that panning reaches. */
  readonly #earliestUs: number;
  #fromUs: number;
  #toUs: number;
  #leftPx = 0;
  #widthPx = 1;

  /** Shows 0 to `endUs` with a little room; one can pan back to `earliestUs`, where that is before 0. */
  constructor(endUs: number, earliestUs: number) {
    const room = Math.max(SHORTEST_US, endUs) * 0.015;
    this.#home = [-room, Math.max(SHORTEST_US, endUs) + room];
    this.#earliestUs = Math.min(-room, earliestUs - room);
    [this.#fromUs, this.#toUs] = this.#home;
  }

  /** Left end of what is visible. */
  get fromUs(): number {
    return this.#fromUs;
  }

  /** Right end of what is visible. */
  get toUs(): number {
    return this.#toUs;
  }

  /** Whether less than all is visible. */
  get isZoomed(): boolean {
    return this.#fromUs !== this.#home[0] || this.#toUs !== this.#home[1];
  }

  /** Puts the axis on the screen. */
  place(leftPx: number, widthPx: number): void {
    this.#leftPx = leftPx;
    this.#widthPx = Math.max(1, widthPx);
  }

  /** Pixels of a time. */
  x(us: number): number {
    return this.#leftPx + (us - this.#fromUs) / (this.#toUs - this.#fromUs) * this.#widthPx;
  }

  /** The time at a pixel, within what is visible. */
  at(px: number): number {
    const share = Math.min(1, Math.max(0, (px - this.#leftPx) / this.#widthPx));
    return this.#fromUs + share * (this.#toUs - this.#fromUs);
  }

  /** How much time some pixels are. */
  span(px: number): number {
    return px / this.#widthPx * (this.#toUs - this.#fromUs);
  }

  /** Shows a span, as far as the limits allow. */
  show(fromUs: number, toUs: number): void {
    const longest = this.#home[1] - this.#earliestUs;
    const length = Math.min(longest, Math.max(SHORTEST_US, toUs - fromUs));
    const middle = (fromUs + toUs) / 2;
    const from = Math.min(this.#home[1] - length, Math.max(this.#earliestUs, middle - length / 2));
    this.#fromUs = from;
    this.#toUs = from + length;
  }

  /** Makes the visible span `factor` times as long around a time that stays where it is. */
  zoom(factor: number, aroundUs: number): void {
    const length = this.#toUs - this.#fromUs;
    // What cannot get shorter or longer must not slide either.
    const next = Math.min(this.#home[1] - this.#earliestUs, Math.max(SHORTEST_US, length * factor));
    const from = aroundUs - (aroundUs - this.#fromUs) * next / length;
    this.show(from, from + next);
  }

  /** Moves by a share of what is visible. */
  pan(share: number): void {
    const by = share * (this.#toUs - this.#fromUs);
    this.show(this.#fromUs + by, this.#toUs + by);
  }

  /** Shows all. */
  reset(): void {
    [this.#fromUs, this.#toUs] = this.#home;
  }

  /** Labels for the visible span, all in one unit and with as many digits as their distance needs. */
  ticks(): TimeTick[] {
    const roughStep = this.span(TICK_ROOM);
    const power = 10 ** Math.floor(Math.log10(roughStep));
    const step = Math.max(1, [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= roughStep)!);
    const [size, unit] = UNITS.findLast(([one]) => Math.max(Math.abs(this.#fromUs), this.#toUs) >= one) ??
      UNITS[0];
    const decimals = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
    const first = Math.ceil(this.#fromUs / step);
    const count = Math.floor(this.#toUs / step) - first + 1;
    return Array.from({ length: Math.max(0, count) }, (_, index) => {
      const atUs = (first + index) * step;
      return { atUs, text: atUs === 0 ? "0" : `${(atUs / size).toFixed(decimals)} ${unit}` };
    });
  }
}
