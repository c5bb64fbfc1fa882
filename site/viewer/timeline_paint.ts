/** Draws the lanes of a timeline on canvases. Knows sizes and colours, and nothing of pointers and keys. */
import type {
  EmissionMark,
  PhaseMarks,
  SpanUs,
  StreamMarks,
} from "../pages/timeline_marks.ts";
import type { TimeScale } from "../pages/timeline_scale.ts";
import type { TimelineTotals } from "../pages/timeline_totals.ts";
import { COLOR_COUNT } from "./marks.ts";

/** Height of the labels of time. */
export const AXIS_HEIGHT = 24;
/** Height of the lane of one label of operations. */
export const OPERATIONS_HEIGHT = 24;
/** Height of each of the two lanes about all streams. */
export const TOTALS_HEIGHT = 38;
/** Lanes below this height show marks without room for each kind. */
const TALL_LANE = 34;

/** Colours of a theme, as the canvas takes them. */
export type Palette = Readonly<
  Record<
    | "text"
    | "soft"
    | "grid"
    | "card"
    | "bad"
    | "outdated"
    | "outdatedEdge"
    | "skipped"
    | "requery"
    | "own"
    | "chosen",
    string
  >
>;

/** What all lanes share. */
export interface LaneFrame {
  readonly ctx: CanvasRenderingContext2D;
  readonly scale: TimeScale;
  readonly palette: Palette;
  /** Where names end and time begins, pixels. */
  readonly left: number;
  /** Where time ends. */
  readonly right: number;
}

/** Colour of a label of operations: the first is the quiet one, since most phases have one kind of operation. */
function operationColor(label: number): string {
  return ["--op0", "--c4", "--c6", "--c5", "--c3", "--c2"][label % 6]!;
}

/** Reads the colours of the present theme. `own` is the number of the adapter's colour. */
export function readPalette(own: number): Palette {
  const color = colorReader();
  return {
    text: color("--text"),
    soft: color("--soft"),
    grid: color("--grid"),
    card: color("--card"),
    bad: color("--bad"),
    outdated: color("--outdated"),
    outdatedEdge: color("--outdated-edge"),
    skipped: color("--skipped"),
    requery: color("--requery"),
    own: color(`--c${own % COLOR_COUNT}`),
    chosen: color("--chosen"),
  };
}

/** Reads a colour of the present theme by the name of its property. */
function colorReader(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

/** Clears a canvas and makes it as sharp as the screen. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext("2d")!;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.font = "12px system-ui, sans-serif";
  ctx.textBaseline = "middle";
  return ctx;
}

/** Labels of the time axis. */
export function paintAxis({ ctx, scale, palette, left, right }: LaneFrame): void {
  ctx.fillStyle = palette.soft;
  ctx.font = "11px system-ui, sans-serif";
  for (const { atUs, text } of scale.ticks()) {
    const x = scale.x(atUs);
    const half = ctx.measureText(text).width / 2;
    if (x - half < left - 14 || x + half > right + 6) continue;
    ctx.fillText(text, x - half, AXIS_HEIGHT / 2);
  }
  ctx.font = "12px system-ui, sans-serif";
}

/** Vertical lines at the labels. */
export function paintGrid(
  { ctx, scale, palette, left, right }: LaneFrame,
  top: number,
  bottom: number,
): void {
  ctx.fillStyle = palette.grid;
  for (const { atUs } of scale.ticks()) {
    const x = Math.round(scale.x(atUs));
    if (x >= left && x <= right) ctx.fillRect(x, top, 1, bottom - top);
  }
}

/** The line below a lane, and its name, cut to its room. */
export function paintName(
  { ctx, palette, left, right }: LaneFrame,
  name: string,
  { top, height, isChosen = false, detail = "" }: {
    readonly top: number;
    readonly height: number;
    readonly isChosen?: boolean;
    readonly detail?: string;
  },
): void {
  if (isChosen) {
    ctx.fillStyle = palette.chosen;
    ctx.fillRect(0, top, left - 4, height - 1);
  }
  ctx.fillStyle = palette.grid;
  ctx.fillRect(0, top + height - 1, right, 1);
  const room = left - 14;
  const middle = detail === "" ? top + height / 2 : top + height / 2 - 8;
  const size = height < 18 ? 10 : left < 100 ? 11 : 12;
  ctx.font = `${height < 18 ? "" : "600 "}${size}px system-ui, sans-serif`;
  ctx.fillStyle = palette.text;
  ctx.fillText(fitted(ctx, name, room), 4, middle);
  ctx.font = "11px system-ui, sans-serif";
  ctx.fillStyle = palette.soft;
  if (detail !== "") ctx.fillText(fitted(ctx, detail, room), 4, middle + 16);
  ctx.font = "12px system-ui, sans-serif";
}

/** What the caller did: the operations of one label, a bar each; those that are not recorded are pale. */
export function paintOperations(
  frame: LaneFrame,
  { operations, fromUs }: PhaseMarks,
  label: number,
  top: number,
  height: number,
): void {
  const { ctx, scale } = frame;
  ctx.fillStyle = colorReader()(operationColor(label));
  within(frame, top, height, () => {
    for (const { label: own, startUs, ackUs } of operations) {
      if (startUs > scale.toUs) break;
      if (own !== label || ackUs < scale.fromUs) continue;
      ctx.globalAlpha = startUs < fromUs ? 0.35 : 1;
      const x = scale.x(startUs);
      ctx.fillRect(x, top + 4, Math.max(0.8, scale.x(ackUs) - x - 0.4), height - 9);
    }
    ctx.globalAlpha = 1;
  });
}

/** How many streams are outdated, as an area from 0 to all of them. */
export function paintOutdatedShare(
  frame: LaneFrame,
  totals: TimelineTotals,
  top: number,
  height: number,
): void {
  const { ctx, scale, palette, left, right } = frame;
  const bottom = top + height - 2;
  const room = height - 6;
  within(frame, top, height, () => {
    ctx.beginPath();
    ctx.moveTo(left, bottom);
    for (let px = left; px < right; px++) {
      const y = bottom - room * totals.outdatedShare(scale.at(px), scale.at(px + 1));
      ctx.lineTo(px, y);
      ctx.lineTo(px + 1, y);
    }
    ctx.lineTo(right, bottom);
    ctx.fillStyle = palette.outdated;
    ctx.fill();
    ctx.strokeStyle = palette.outdatedEdge;
    ctx.lineWidth = 1;
    ctx.stroke();
  });
}

/** How many emissions come, as bars; returns the count of the highest one and how much time a bar stands for. */
export function paintEmissionRate(
  frame: LaneFrame,
  totals: TimelineTotals,
  top: number,
  height: number,
): { readonly most: number; readonly spanUs: number } {
  const { ctx, scale, palette, left, right } = frame;
  const barPx = 3;
  const counts: number[] = [];
  for (let px = left; px < right; px += barPx) {
    counts.push(totals.emissionCount(scale.at(px), scale.at(Math.min(right, px + barPx))));
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  within(frame, top, height, () => {
    ctx.fillStyle = palette.own;
    for (const [index, count] of counts.entries()) {
      const bar = count === 0 ? 0 : Math.max(1.5, (height - 6) * count / most);
      ctx.fillRect(left + index * barPx, top + height - 2 - bar, barPx - 0.6, bar);
    }
  });
  return { most, spanUs: scale.span(barPx) };
}

/** One stream: outdated spans shaded behind commits, emissions and re-queries. */
export function paintStream(frame: LaneFrame, stream: StreamMarks, top: number, height: number): void {
  within(frame, top, height, () => {
    if (height >= TALL_LANE) paintTall(frame, stream, top, height);
    else paintFlat(frame, stream, top, height);
  });
}

function paintTall(frame: LaneFrame, stream: StreamMarks, top: number, height: number): void {
  const { ctx, scale, palette } = frame;
  const { changes, emissions, outdated, requeries } = stream;
  const bottom = top + height - 1;
  const commitTop = top + 4;
  const commitBottom = top + height * 0.27;
  const emissionY = top + height * (requeries === undefined ? 0.7 : 0.62);
  paintSpans(frame, outdated, top, height - 1);
  for (const { ackUs, isShown } of visible(changes, scale, ({ ackUs }) => ackUs)) {
    ctx.fillStyle = isShown ? palette.text : palette.skipped;
    ctx.fillRect(scale.x(ackUs) - 0.5, commitTop, isShown ? 1.4 : 1, commitBottom - commitTop);
  }
  if (requeries !== undefined) {
    ctx.fillStyle = palette.requery;
    for (const [from, to] of visibleSpans(requeries, scale)) {
      const x = scale.x(from);
      ctx.fillRect(x, bottom - height * 0.16, Math.max(1, scale.x(to) - x), height * 0.1);
    }
  }
  const seen = visible(emissions, scale, ({ atUs }) => atUs);
  ctx.strokeStyle = palette.own;
  ctx.lineWidth = 1;
  ctx.globalAlpha = 0.65;
  ctx.beginPath();
  for (const { atUs, shown, kind } of seen) {
    // From the newest commit that it shows: the slope is how late it is.
    const commit = kind === "new" ? changes[shown - 1] : undefined;
    if (commit === undefined) continue;
    ctx.moveTo(scale.x(commit.ackUs), commitBottom);
    ctx.lineTo(scale.x(atUs), emissionY);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
  const radius = height >= 60 ? 4 : 3;
  for (const { atUs, kind } of seen) {
    const x = scale.x(atUs);
    if (kind === "new" || kind === "repeated") paintDot(frame, x, emissionY, radius, kind === "new");
    else paintCross(frame, x, emissionY, radius + 1.5);
  }
}

function paintFlat(frame: LaneFrame, stream: StreamMarks, top: number, height: number): void {
  const { ctx, scale, palette } = frame;
  const { changes, emissions, outdated, requeries } = stream;
  paintSpans(frame, outdated, top, height - 1);
  if (requeries !== undefined) {
    ctx.fillStyle = palette.requery;
    for (const [from, to] of visibleSpans(requeries, scale)) {
      const x = scale.x(from);
      ctx.fillRect(x, top + height - 3.5, Math.max(1, scale.x(to) - x), 2);
    }
  }
  for (const { ackUs, isShown } of visible(changes, scale, ({ ackUs }) => ackUs)) {
    ctx.fillStyle = isShown ? palette.text : palette.skipped;
    ctx.fillRect(scale.x(ackUs) - 0.5, top + 1, 1.2, Math.max(3, height * 0.3));
  }
  const seen = visible(emissions, scale, ({ atUs }) => atUs);
  // What matters most is drawn last: a storm must not hide the news in it, nor news a lie.
  for (const rank of [0, 1, 2]) {
    ctx.fillStyle = [palette.skipped, palette.own, palette.bad][rank]!;
    for (const { atUs, kind } of seen) {
      if (rankOf(kind) !== rank) continue;
      const width = rank === 2 ? 3 : 2;
      ctx.fillRect(scale.x(atUs) - width / 2, top + height * 0.34, width, height * 0.66 - 2);
    }
  }
}

function rankOf(kind: EmissionMark["kind"]): number {
  return kind === "repeated" ? 0 : kind === "new" ? 1 : 2;
}

function paintSpans(
  { ctx, scale, palette }: LaneFrame,
  spans: readonly SpanUs[],
  top: number,
  height: number,
): void {
  ctx.fillStyle = palette.outdated;
  for (const [from, to] of visibleSpans(spans, scale)) {
    const x = scale.x(from);
    ctx.fillRect(x, top, Math.max(0.7, scale.x(to) - x), height);
  }
}

function paintDot({ ctx, palette }: LaneFrame, x: number, y: number, radius: number, isNew: boolean): void {
  ctx.beginPath();
  ctx.arc(x, y, isNew ? radius : radius - 0.8, 0, 2 * Math.PI);
  ctx.fillStyle = isNew ? palette.own : palette.card;
  ctx.fill();
  ctx.strokeStyle = isNew ? palette.card : palette.soft;
  ctx.lineWidth = isNew ? 0.8 : 1.2;
  ctx.stroke();
}

function paintCross({ ctx, palette }: LaneFrame, x: number, y: number, radius: number): void {
  ctx.strokeStyle = palette.bad;
  ctx.lineWidth = 2.6;
  ctx.beginPath();
  ctx.moveTo(x - radius, y - radius);
  ctx.lineTo(x + radius, y + radius);
  ctx.moveTo(x + radius, y - radius);
  ctx.lineTo(x - radius, y + radius);
  ctx.stroke();
}

/** Marks in order that are visible, with a neighbour on either side, whose parts may reach in. */
function visible<T>(marks: readonly T[], scale: TimeScale, at: (mark: T) => number): readonly T[] {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(marks[middle]!) < scale.fromUs) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < marks.length && at(marks[end]!) <= scale.toUs) end++;
  return marks.slice(Math.max(0, low - 1), end + 1);
}

function visibleSpans(spans: readonly SpanUs[], scale: TimeScale): readonly SpanUs[] {
  return visible(spans, scale, ([, to]) => to);
}

/** Keeps drawing inside the lane's time. */
function within({ ctx, left, right }: LaneFrame, top: number, height: number, draw: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, height);
  ctx.clip();
  draw();
  ctx.restore();
}

function fitted(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 0 && ctx.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}
