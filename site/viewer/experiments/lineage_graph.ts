/** Experiments as boxes with arrows between them, earlier ones on the left; laid out by dagre. */
import { Graph, layout } from "@dagrejs/dagre";
import type { ExperimentLine } from "../../experiments/view.ts";
import type { EdgeType } from "../../../lib/model/experiment.ts";
import { shortened } from "../chart_row.ts";
import { h, s } from "../dom.ts";
import { STANDINGS } from "./standing_pill.ts";

/** Claims of one experiment that bear on claims of another one. */
export interface LineageEdge {
  /** The experiment whose claims point. */
  readonly source: string;
  /** The experiment that they point to. */
  readonly target: string;
  /** In the order in which they were found, each once. */
  readonly types: readonly EdgeType[];
}

/** Number of the colour of each type; the style sheet gives each its dashes as well. */
export const EDGE_COLORS: Readonly<Record<EdgeType, number>> = {
  supersedes: 4,
  refutes: 7,
  refines: 6,
  validates: 2,
  dependsOn: 0,
};

const NODE = { width: 196, height: 54 };
const MARGIN = 8;
const TITLE_LENGTH = 25;
const LETTER_WIDTH = 6;

/** Draws the graph in a box that scrolls. Every node and every target of an edge must be among `nodes`. */
export function lineageGraph(nodes: readonly ExperimentLine[], edges: readonly LineageEdge[]): HTMLElement {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 36, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(nodeKey(id), { ...NODE });
  // Laid out from the earlier to the later one, so that time goes to the right; drawn the other way round.
  for (const { source, target, types } of edges) {
    const width = LETTER_WIDTH * edgeText(types).length + 2 * MARGIN;
    graph.setEdge(nodeKey(target), nodeKey(source), { width, height: 16, labelpos: "c" });
  }
  layout(graph);
  const { width = NODE.width, height = NODE.height } = graph.graph() as { width?: number; height?: number };
  const label =
    `${nodes.length} experiments and ${edges.length} arrows between them; the table below says the same`;
  return h(
    "div",
    { class: "graph", role: "group", tabindex: "0", "aria-label": label },
    s(
      "svg",
      {
        width: Math.ceil(width),
        height: Math.ceil(height),
        viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      },
      s("defs", {}, ...Object.values(EDGE_COLORS).map(arrowHead)),
      ...edges.map((edge) => {
        const at = (id: string): Point => graph.node(nodeKey(id)) as unknown as Point;
        const way = graph.edge(nodeKey(edge.target), nodeKey(edge.source)) as unknown as Way;
        return edgeMark(edge, at(edge.source), at(edge.target), way);
      }),
      ...nodes.map((one) => nodeMark(one, graph.node(nodeKey(one.id)) as unknown as Point)),
    ),
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What dagre says of an edge: its bends from the left to the right, and the place of its text. */
interface Way extends Point {
  readonly points: readonly Point[];
}

/** Objects put keys that look like whole numbers first: 127 would come before 079. */
function nodeKey(id: string): string {
  return `n${id}`;
}

function arrowHead(color: number): SVGElement {
  return s(
    "marker",
    {
      id: `arrow-${color}`,
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: "auto",
    },
    s("path", { class: `arrow c${color}`, d: "M0,0L8,4L0,8Z" }),
  );
}

function edgeMark({ source, target, types }: LineageEdge, from: Point, to: Point, way: Way): SVGElement {
  const [strongest] = types;
  const color = EDGE_COLORS[strongest!];
  // From side to side rather than from border to border: arrows then end where nothing is in their way.
  const stops = [
    { x: from.x - NODE.width / 2, y: from.y },
    ...way.points.slice(1, -1).toReversed(),
    { x: to.x + NODE.width / 2, y: to.y },
  ];
  return s(
    "g",
    { class: `edge c${color} ${strongest}` },
    s("title", {}, `${source} ${types.map(edgeWord).join(" and ")} ${target}`),
    s("path", { d: curve(stops), "marker-end": `url(#arrow-${color})` }),
    s("text", { x: way.x, y: way.y - 5, "text-anchor": "middle" }, edgeText(types)),
  );
}

/** A line through points that is level at each of them. */
function curve([first, ...rest]: readonly Point[]): string {
  const start = `M${first!.x},${first!.y}`;
  let last = first!;
  const parts = rest.map((point) => {
    const middle = (last.x + point.x) / 2;
    const part = `C${[middle, last.y, middle, point.y, point.x, point.y].join()}`;
    last = point;
    return part;
  });
  return start + parts.join("");
}

function edgeText(types: readonly EdgeType[]): string {
  return types.map(edgeWord).join(", ");
}

function nodeMark(
  { id, title, href, standing, standingText, days }: ExperimentLine,
  { x, y }: Point,
): SVGElement {
  const [left, top] = [x - NODE.width / 2, y - NODE.height / 2];
  const [sign, state] = STANDINGS[standing];
  return s(
    "a",
    { href, class: `node ${state}` },
    s("title", {}, `${id}: ${title}, ${standingText}`),
    s("rect", { x: left, y: top, width: NODE.width, height: NODE.height, rx: 8 }),
    s("rect", { class: "edge-state", x: left, y: top, width: 5, height: NODE.height, rx: 2 }),
    s("text", { class: "name", x: left + 14, y: top + 20 }, `${id} ${sign}`),
    s("text", { class: "value", x: left + NODE.width - 8, y: top + 20, "text-anchor": "end" }, days.asked),
    s("text", { x: left + 14, y: top + 40 }, shortened(title, TITLE_LENGTH)),
  );
}

/** `depends on` for `dependsOn`. */
export function edgeWord(type: EdgeType): string {
  return type === "dependsOn" ? "depends on" : type;
}
