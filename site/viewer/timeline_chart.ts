/**
 * The chart of one phase of a timeline: a time axis, what the caller did, all streams together, and a lane per stream.
 *
 *     axis, operations, totals   canvas that stays; a lane per label of operations
 *     lanes                      box that scrolls; its canvas draws only the lanes that are visible
 *
 * Drag to zoom, drag with Shift to move, wheel while the chart has the focus or with Ctrl; the keys are in the help text.
 */
import type { PhaseMarks } from "../pages/timeline_marks.ts";
import { timeText } from "../pages/timeline_numbers.ts";
import { TimeScale } from "../pages/timeline_scale.ts";
import { TimelineTotals } from "../pages/timeline_totals.ts";
import { h } from "./dom.ts";
import {
  AXIS_HEIGHT,
  type LaneFrame,
  OPERATIONS_HEIGHT,
  paintAxis,
  paintEmissionRate,
  paintGrid,
  paintName,
  paintOperations,
  paintOutdatedShare,
  paintStream,
  prepare,
  readPalette,
  TOTALS_HEIGHT,
} from "./timeline_paint.ts";
import { changeText, emissionText, momentText, operationText } from "./timeline_texts.ts";

/** Marks this near to the pointer are read, pixels. */
const REACH = 7;
/** The box of lanes is not higher than this. */
const HIGHEST_BOX = 400;
/** More lanes than this are too low for a place of its own for each kind of mark. */
export const MOST_TALL_LANES = 9;
const ZOOM_STEP = 1.6;
/** Drags shorter than this are clicks. */
const SHORTEST_DRAG = 5;

/** A chart that is on the page. */
export interface TimelineChart {
  /** To put somewhere. */
  readonly element: HTMLElement;
  /** Shows these streams, indexes into the marks, from top to bottom. */
  show(streams: readonly number[]): void;
}

/** What a chart needs besides its marks. */
export interface TimelineChartOptions {
  /** Number of the adapter's colour. */
  readonly color: number;
  /** The picture in words. */
  readonly spoken: string;
  /** Called with the stream that is chosen by pointer or keys. */
  readonly onChoose: (stream: number) => void;
}

/** Draws a phase. */
export function timelineChart(marks: PhaseMarks, options: TimelineChartOptions): TimelineChart {
  const chart = new Chart(marks, options);
  return { element: chart.element, show: (streams) => chart.show(streams) };
}

/** A mark that is being read. */
interface Reading {
  readonly text: string;
  readonly atUs: number;
  /** Pixels from the top of the plot. */
  readonly y: number;
}

class Chart {
  readonly element: HTMLElement;
  readonly #marks: PhaseMarks;
  readonly #options: TimelineChartOptions;
  readonly #scale: TimeScale;
  readonly #totals: TimelineTotals;
  readonly #head = h("canvas");
  readonly #body = h("canvas");
  readonly #spacer = h("div", { class: "lanes-all" }, this.#body);
  readonly #box = h("div", { class: "lanes", role: "group", "aria-label": "Live queries" }, this.#spacer);
  readonly #range = h("div", { class: "range", hidden: true });
  readonly #cursor = h("div", { class: "cursor", hidden: true });
  readonly #tip = h("div", { class: "tooltip", role: "status", hidden: true });
  readonly #plot: HTMLElement;
  readonly #span = h("span", { class: "span" });
  #streams: readonly number[];
  /** Index into the shown streams. */
  #chosen = 0;
  /** The emission that keys have led to. */
  #step = -1;
  #width = 0;
  #laneHeight = 0;
  #frame = 0;

  constructor(marks: PhaseMarks, options: TimelineChartOptions) {
    this.#marks = marks;
    this.#options = options;
    this.#streams = marks.streams.map((_, index) => index);
    const firstUs = marks.streams.reduce(
      (least, { emissions }) => Math.min(least, emissions[0]?.atUs ?? 0),
      0,
    );
    this.#scale = new TimeScale(marks.endUs, firstUs);
    this.#totals = new TimelineTotals(marks);
    this.#plot = h(
      "div",
      {
        class: "plot-area",
        tabindex: "0",
        role: "group",
        "aria-label":
          `${options.spoken}. Arrow keys left and right move, plus and minus zoom, Home shows all, up and ` +
          "down choose a live query, N and P read its updates",
      },
      h("div", { role: "img", "aria-label": options.spoken }, this.#head),
      this.#box,
      this.#range,
      this.#cursor,
      this.#tip,
    );
    this.element = h("div", { class: "timeline-chart" }, this.#tools(), this.#plot);
    this.#listen();
  }

  show(streams: readonly number[]): void {
    this.#streams = streams;
    this.#chosen = 0;
    this.#step = -1;
    this.#box.scrollTop = 0;
    this.#layOut();
  }

  #tools(): HTMLElement {
    const button = (text: string, label: string, act: () => void): HTMLElement => {
      const element = h("button", { type: "button", "aria-label": label, title: label }, text);
      element.addEventListener("click", () => {
        act();
        this.#redraw();
      });
      return element;
    };
    const scale = this.#scale;
    const middle = (): number => (scale.fromUs + scale.toUs) / 2;
    return h(
      "div",
      { class: "timeline-tools" },
      button("+", "Zoom in", () => scale.zoom(1 / ZOOM_STEP, middle())),
      button("−", "Zoom out", () => scale.zoom(ZOOM_STEP, middle())),
      button("◀", "Earlier", () => scale.pan(-0.25)),
      button("▶", "Later", () => scale.pan(0.25)),
      button("Show all", "Show all of the phase", () => scale.reset()),
      this.#span,
    );
  }

  get #headHeight(): number {
    return AXIS_HEIGHT + this.#operationsHeight + (this.#hasTotals ? 2 * TOTALS_HEIGHT : 0);
  }

  get #operationsHeight(): number {
    return this.#marks.phase.labels.length * OPERATIONS_HEIGHT;
  }

  get #hasTotals(): boolean {
    return this.#marks.streams.length > 1;
  }

  /** Where names end. */
  get #left(): number {
    return this.#isNarrow ? 88 : 176;
  }

  get #isNarrow(): boolean {
    return this.#width < 560;
  }

  /** Where time ends; the bar of a box that scrolls stands to the right of it. */
  get #right(): number {
    return this.#width - 14;
  }

  #layOut(): void {
    const count = this.#streams.length;
    this.#laneHeight = count <= 1
      ? 124
      : count <= 4
      ? 76
      : count <= MOST_TALL_LANES
      ? 44
      : count <= 24
      ? 26
      : 15;
    const whole = count * this.#laneHeight;
    this.#box.hidden = count === 0;
    this.#box.style.height = `${Math.min(HIGHEST_BOX, whole)}px`;
    this.#spacer.style.height = `${whole}px`;
    if (whole > HIGHEST_BOX) this.#box.tabIndex = 0;
    else this.#box.removeAttribute("tabindex");
    this.#redraw();
  }

  /** Draws before the next frame, once, however often it is asked for. */
  #redraw(): void {
    if (this.#frame !== 0 || this.#width === 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const scale = this.#scale;
    const [left, right] = [this.#left, this.#right];
    scale.place(left, right - left);
    const palette = readPalette(this.#options.color);
    const headFrame: LaneFrame = {
      ctx: prepare(this.#head, this.#width, this.#headHeight),
      scale,
      palette,
      left,
      right,
    };
    this.#drawHead(headFrame);
    const height = Math.min(HIGHEST_BOX, this.#streams.length * this.#laneHeight);
    if (height > 0) this.#drawLanes({ ...headFrame, ctx: prepare(this.#body, this.#width, height) }, height);
    const from = Math.max(scale.fromUs, Math.min(0, scale.toUs));
    this.#span.textContent = scale.isZoomed
      ? `${momentText(Math.round(from))} to ${momentText(Math.round(scale.toUs))}`
      : `all ${timeText(this.#marks.endUs)}`;
    this.element.dataset["from"] = String(Math.round(scale.fromUs));
    this.element.dataset["to"] = String(Math.round(scale.toUs));
  }

  #drawHead(frame: LaneFrame): void {
    paintAxis(frame);
    paintGrid(frame, AXIS_HEIGHT, this.#headHeight);
    let top = AXIS_HEIGHT;
    for (const [index, { label }] of this.#marks.phase.labels.entries()) {
      paintName(frame, label, { top, height: OPERATIONS_HEIGHT });
      paintOperations(frame, this.#marks, index, top, OPERATIONS_HEIGHT);
      top += OPERATIONS_HEIGHT;
    }
    if (!this.#hasTotals) return;
    const isNarrow = this.#isNarrow;
    const ofAll = `0 to ${this.#marks.streams.length} queries`;
    paintName(frame, "outdated", { top, height: TOTALS_HEIGHT, detail: isNarrow ? "" : ofAll });
    paintOutdatedShare(frame, this.#totals, top, TOTALS_HEIGHT);
    top += TOTALS_HEIGHT;
    const { most, spanUs } = paintEmissionRate(frame, this.#totals, top, TOTALS_HEIGHT);
    const rate = most === 0 ? "none" : `up to ${most} in ${timeText(spanUs)}`;
    paintName(frame, "updates", { top, height: TOTALS_HEIGHT, detail: isNarrow ? "" : rate });
  }

  #drawLanes(frame: LaneFrame, height: number): void {
    const offset = this.#box.scrollTop;
    paintGrid(frame, 0, height);
    const first = Math.floor(offset / this.#laneHeight);
    for (let index = first; index < this.#streams.length; index++) {
      const top = index * this.#laneHeight - offset;
      if (top >= height) break;
      const stream = this.#marks.streams[this.#streams[index]!]!;
      const isAlone = this.#streams.length === 1;
      const isRoomy = this.#laneHeight >= 60 && !this.#isNarrow;
      const detail = isRoomy ? countText(stream.emissions.length - 1) : "";
      const isChosen = !isAlone && index === this.#chosen;
      const name = this.#isNarrow ? stream.shortName : stream.name;
      paintName(frame, name, { top, height: this.#laneHeight, isChosen, detail });
      paintStream(frame, stream, top, this.#laneHeight);
    }
  }

  #listen(): void {
    new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width === this.#width || width === 0) return;
      this.#width = width;
      this.#layOut();
    }).observe(this.element);
    const onTheme = (): void => {
      // A chart that was replaced by another one must not draw any more.
      if (this.element.isConnected) this.#redraw();
      else document.removeEventListener("themechange", onTheme);
    };
    document.addEventListener("themechange", onTheme);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onTheme);
    this.#box.addEventListener("scroll", () => this.#redraw());
    const plot = this.#plot;
    plot.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    plot.addEventListener("keydown", (event) => this.#onKey(event));
    plot.addEventListener("dblclick", () => {
      this.#scale.reset();
      this.#redraw();
    });
    plot.addEventListener("pointerleave", () => this.#read(undefined));
    plot.addEventListener("pointermove", (event) => {
      if (event.buttons === 0) this.#read(this.#readingAt(this.#placeOf(event)));
    });
    plot.addEventListener("pointerdown", (event) => this.#onPress(event));
  }

  /** Pixels from the corner of the plot. */
  #placeOf(event: MouseEvent): { readonly x: number; readonly y: number } {
    const { left, top } = this.#plot.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #onWheel(event: WheelEvent): void {
    const isHorizontal = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const isMeant = event.ctrlKey || event.metaKey || document.activeElement === this.#plot;
    const { x, y } = this.#placeOf(event);
    // Over lanes that scroll, a plain wheel scrolls them.
    const scrolls = y > this.#headHeight && this.#box.scrollHeight > this.#box.clientHeight &&
      !event.ctrlKey &&
      !event.metaKey;
    if (!isMeant || (scrolls && !isHorizontal)) return;
    event.preventDefault();
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    if (isHorizontal) this.#scale.pan(Math.sign(event.deltaX === 0 ? delta : event.deltaX) * 0.08);
    else this.#scale.zoom(ZOOM_STEP ** (Math.sign(delta) * 0.5), this.#scale.at(x));
    this.#read(undefined);
    this.#redraw();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const scale = this.#scale;
    const middle = (scale.fromUs + scale.toUs) / 2;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => scale.pan(-0.15),
      ArrowRight: () => scale.pan(0.15),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      ArrowDown: () => this.#choose(this.#chosen + 1),
      "+": () => scale.zoom(1 / ZOOM_STEP, middle),
      "=": () => scale.zoom(1 / ZOOM_STEP, middle),
      "-": () => scale.zoom(ZOOM_STEP, middle),
      Home: () => scale.reset(),
      n: () => this.#stepTo(this.#step + 1),
      p: () => this.#stepTo(this.#step - 1),
      Escape: () => this.#read(undefined),
    };
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act();
    this.#redraw();
  }

  #choose(index: number): void {
    if (this.#streams.length === 0) return;
    this.#chosen = Math.min(this.#streams.length - 1, Math.max(0, index));
    this.#step = -1;
    const top = this.#chosen * this.#laneHeight;
    if (top < this.#box.scrollTop) this.#box.scrollTop = top;
    const bottom = top + this.#laneHeight - this.#box.clientHeight;
    if (bottom > this.#box.scrollTop) this.#box.scrollTop = bottom;
    this.#options.onChoose(this.#streams[this.#chosen]!);
  }

  /** Reads an emission of the chosen stream, moving there when it is not visible. */
  #stepTo(emission: number): void {
    const stream = this.#marks.streams[this.#streams[this.#chosen] ?? -1];
    if (stream === undefined || stream.emissions.length === 0) return;
    this.#step = Math.min(stream.emissions.length - 1, Math.max(0, emission));
    const { atUs } = stream.emissions[this.#step]!;
    const scale = this.#scale;
    if (atUs < scale.fromUs || atUs > scale.toUs) {
      const half = (scale.toUs - scale.fromUs) / 2;
      scale.show(atUs - half, atUs + half);
    }
    const y = this.#headHeight + this.#chosen * this.#laneHeight - this.#box.scrollTop + this.#laneHeight / 2;
    this.#read({ text: `${stream.name}: ${emissionText(stream, this.#step)}`, atUs, y });
  }

  #onPress(event: PointerEvent): void {
    const start = this.#placeOf(event);
    if (event.button !== 0 || start.x > this.#right) return;
    const lane = this.#laneAt(start.y);
    if (start.x < this.#left) {
      if (lane !== undefined) this.#choose(lane);
      return this.#redraw();
    }
    const isMove = event.shiftKey;
    const startUs = this.#scale.at(start.x);
    let lastX = start.x;
    this.#plot.setPointerCapture(event.pointerId);
    const onMove = (moved: PointerEvent): void => {
      const { x } = this.#placeOf(moved);
      this.#read(undefined);
      if (isMove) {
        this.#scale.pan((lastX - x) / (this.#right - this.#left));
        lastX = x;
        this.#redraw();
        return;
      }
      const [from, to] = [Math.min(start.x, x), Math.max(start.x, x)];
      this.#range.hidden = to - from < SHORTEST_DRAG;
      this.#range.style.left = `${Math.max(this.#left, from)}px`;
      this.#range.style.width = `${Math.min(this.#right, to) - Math.max(this.#left, from)}px`;
    };
    const end = (ended: PointerEvent): void => {
      this.#plot.removeEventListener("pointermove", onMove);
      this.#plot.removeEventListener("pointerup", end);
      this.#plot.removeEventListener("pointercancel", end);
      this.#range.hidden = true;
      const { x } = this.#placeOf(ended);
      if (!isMove && ended.type === "pointerup") {
        if (Math.abs(x - start.x) >= SHORTEST_DRAG) {
          const ends = [startUs, this.#scale.at(x)] as const;
          this.#scale.show(Math.min(...ends), Math.max(...ends));
        } else if (lane !== undefined) {
          this.#choose(lane);
        }
      }
      this.#redraw();
    };
    this.#plot.addEventListener("pointermove", onMove);
    this.#plot.addEventListener("pointerup", end);
    this.#plot.addEventListener("pointercancel", end);
  }

  /** Index into the shown streams of the lane at a height. */
  #laneAt(y: number): number | undefined {
    if (y < this.#headHeight) return undefined;
    const index = Math.floor((y - this.#headHeight + this.#box.scrollTop) / this.#laneHeight);
    return index < this.#streams.length ? index : undefined;
  }

  #readingAt({ x, y }: { readonly x: number; readonly y: number }): Reading | undefined {
    if (x < this.#left || x > this.#right || y < AXIS_HEIGHT) return undefined;
    const atUs = this.#scale.at(x);
    const reachUs = this.#scale.span(REACH);
    if (y < AXIS_HEIGHT + this.#operationsHeight) return this.#operationAt(atUs, reachUs, y);
    if (y < this.#headHeight) return this.#totalsAt(atUs, y);
    const lane = this.#laneAt(y);
    return lane === undefined ? undefined : this.#streamAt(lane, atUs, reachUs, y);
  }

  #operationAt(atUs: number, reachUs: number, y: number): Reading | undefined {
    const { operations } = this.#marks;
    const row = Math.floor((y - AXIS_HEIGHT) / OPERATIONS_HEIGHT);
    const own = operations.flatMap(({ label }, index) => label === row ? [index] : []);
    const distance = (place: number): number => {
      const { startUs, ackUs } = operations[own[place]!]!;
      return Math.max(0, startUs - atUs, atUs - ackUs);
    };
    const place = nearest(own.length, distance);
    if (place === undefined || distance(place) > reachUs) return undefined;
    const index = own[place]!;
    return { text: operationText(this.#marks, index), atUs: operations[index]!.startUs, y };
  }

  #totalsAt(atUs: number, y: number): Reading {
    const half = this.#scale.span(1.5);
    const share = this.#totals.outdatedShare(atUs - half, atUs + half);
    const count = this.#marks.streams.length;
    const emissions = this.#totals.emissionCount(atUs - half, atUs + half);
    const text =
      `${momentText(Math.round(atUs))}: ${Math.round(share * count)} of ${count} live queries outdated, ` +
      `${emissions} updates within ${timeText(2 * half)}`;
    return { text, atUs, y };
  }

  #streamAt(lane: number, atUs: number, reachUs: number, y: number): Reading {
    const stream = this.#marks.streams[this.#streams[lane]!]!;
    const { emissions, changes, outdated, requeries = [] } = stream;
    const top = this.#headHeight + lane * this.#laneHeight - this.#box.scrollTop;
    const read = (text: string, at: number): Reading => ({ text: `${stream.name}: ${text}`, atUs: at, y });
    const ofEmission = nearest(emissions.length, (index) => Math.abs(emissions[index]!.atUs - atUs));
    const ofChange = nearest(changes.length, (index) => Math.abs(changes[index]!.ackUs - atUs));
    const isNearChange = ofChange !== undefined && Math.abs(changes[ofChange]!.ackUs - atUs) <= reachUs;
    if (isNearChange && y < top + this.#laneHeight * 0.3) {
      return read(changeText(stream, ofChange), changes[ofChange]!.ackUs);
    }
    if (ofEmission !== undefined && Math.abs(emissions[ofEmission]!.atUs - atUs) <= reachUs) {
      return read(emissionText(stream, ofEmission), emissions[ofEmission]!.atUs);
    }
    // In a high lane commits have a place of their own.
    if (isNearChange && this.#streams.length > MOST_TALL_LANES) {
      return read(changeText(stream, ofChange), changes[ofChange]!.ackUs);
    }
    const within = ([from, to]: readonly [number, number]): boolean => from <= atUs && atUs <= to;
    const requery = requeries.find(within);
    if (requery !== undefined && y > top + this.#laneHeight * 0.8) {
      const [from, to] = requery;
      return read(`re-query from ${momentText(from)}, took ${timeText(to - from)}`, atUs);
    }
    const span = outdated.find(within);
    if (span !== undefined) {
      const [from, to] = span;
      return read(`outdated for ${timeText(to - from)}, from ${momentText(from)} to ${momentText(to)}`, atUs);
    }
    return read(`up to date at ${momentText(Math.round(atUs))}`, atUs);
  }

  /** Puts the text beside the mark, inside the plot. */
  #read(reading: Reading | undefined): void {
    this.#tip.hidden = this.#cursor.hidden = reading === undefined;
    if (reading === undefined) return;
    const { text, atUs, y } = reading;
    this.#tip.textContent = text;
    const x = Math.min(this.#right, Math.max(this.#left, this.#scale.x(atUs)));
    this.#cursor.style.left = `${x}px`;
    const width = this.#tip.offsetWidth;
    const side = x + 14 + width <= this.#width ? x + 14 : x - 14 - width;
    this.#tip.style.left = `${Math.max(0, Math.min(this.#width - width, side))}px`;
    // Below the pointer, unless the plot ends there.
    const height = this.#tip.offsetHeight;
    const below = y + 16;
    const isRoom = below + height <= this.#plot.offsetHeight;
    this.#tip.style.top = `${isRoom ? below : Math.max(0, y - 12 - height)}px`;
  }
}

function countText(count: number): string {
  return count === 1 ? "1 update" : `${Math.max(0, count)} updates`;
}

/** Index with the least distance; the distance must fall and then rise. `undefined` for none. */
function nearest(count: number, distance: (index: number) => number): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (let index = 0; index < count; index++) {
    const own = distance(index);
    if (own < least) [best, least] = [index, own];
    else if (own > least) break;
  }
  return best;
}
