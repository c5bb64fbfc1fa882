import { compareIds } from "../../../lib/experiments/sources/experiment_id.ts";
import type { ExperimentLine } from "../../experiments/view.ts";
import type { EdgeType } from "../../../lib/model/experiment.ts";
import { formatCount } from "../../../lib/report/format.ts";
import { dataTable, type TableField } from "../data_table.ts";
import { h } from "../dom.ts";
import type { KnownExperiments } from "./known_experiments.ts";
import { EDGE_COLORS, edgeWord, type LineageEdge, lineageGraph } from "./lineage_graph.ts";

/** Experiments without an edge are drawn while there are this few in all. */
const LOOSE_NODES = 12;
/** Larger graphs are laid out when somebody asks for them: it takes a second. */
const DRAWN_NODES = 120;

/** One claim that points to another one. */
interface ClaimBond {
  readonly type: EdgeType;
  readonly from: string;
  readonly fromText: string;
  readonly to: string;
}

/** The graph of the shown experiments and of those that their claims touch, with a table that says the same. */
export function lineagePart({ shown, asked }: KnownExperiments): HTMLElement[] {
  const known = new Map(asked.map((one) => [one.id, one]));
  const ids = new Set(shown.map(({ id }) => id));
  const bonds = asked.flatMap(({ id, claims }) =>
    claims.flatMap((claim) =>
      (claim.edges ?? []).map((edge): ClaimBond & { readonly source: string; readonly target: string } => ({
        type: edge.type,
        from: claim.id,
        fromText: claim.text,
        to: edge.target,
        source: id,
        target: edge.target.split(".", 1)[0]!,
      }))
    )
  ).filter(({ source, target }) => ids.has(source) || ids.has(target));
  const edges = new Map<string, LineageEdge>();
  for (const { source, target, type } of bonds) {
    if (source === target || !known.has(target)) continue;
    const key = `${source} ${target}`;
    const types = edges.get(key)?.types ?? [];
    edges.set(key, { source, target, types: types.includes(type) ? types : [...types, type] });
  }
  const touched = new Set([...edges.values()].flatMap(({ source, target }) => [source, target]));
  const loose = shown.filter(({ id }) => !touched.has(id));
  const areLooseDrawn = shown.length <= LOOSE_NODES;
  const nodes = asked.filter(({ id }) => touched.has(id) || (areLooseDrawn && ids.has(id)));
  if (nodes.length === 0) {
    return [h("p", { class: "caption" }, "No claim of these experiments points to another one")];
  }
  const graph = (): HTMLElement => lineageGraph(nodes, [...edges.values()]);
  return [
    h("ul", { class: "verdicts" }, ...usedTypes(bonds).map(legendItem)),
    nodes.length <= DRAWN_NODES ? graph() : drawLater(nodes.length, graph),
    h(
      "p",
      { class: "caption" },
      bonds.length === 0
        ? "No claim of these experiments points to another one yet. "
        : "Arrows go from a claim to the earlier one that it bears on; each box leads to its experiment. ",
      !areLooseDrawn && loose.length > 0 &&
        `${formatCount(loose.length)} more have claims that nothing touches.`,
    ),
    ...(bonds.length === 0 ? [] : [edgesTable(bonds, known)]),
  ];
}

function drawLater(count: number, draw: () => HTMLElement): HTMLElement {
  const place = h("div");
  const button = h("button", { type: "button" }, `Draw ${formatCount(count)} experiments`);
  button.addEventListener("click", () => place.replaceChildren(draw()));
  place.append(button);
  return place;
}

function usedTypes(bonds: readonly ClaimBond[]): EdgeType[] {
  const used = new Set(bonds.map(({ type }) => type));
  return (Object.keys(EDGE_COLORS) as EdgeType[]).filter((type) => used.has(type));
}

function legendItem(type: EdgeType): HTMLElement {
  return h(
    "li",
    { class: "adapter" },
    h("span", { class: `edge-key c${EDGE_COLORS[type]} ${type}`, "aria-hidden": "true" }),
    edgeWord(type),
  );
}

/** The table that says what the graph shows. */
function edgesTable(bonds: readonly ClaimBond[], known: ReadonlyMap<string, ExperimentLine>): HTMLElement {
  const link = (claimId: string): TableField => {
    const one = known.get(claimId.split(".", 1)[0]!);
    return {
      content: one === undefined
        ? claimId
        : h("a", { href: `${one.href}#claim-${claimId}`, title: one.title }, claimId),
      sort: claimId.padStart(12, "0"),
    };
  };
  const textOf = (claimId: string): string =>
    known.get(claimId.split(".", 1)[0]!)?.claims.find(({ id }) => id === claimId)?.text ?? "";
  const sorted = bonds.toSorted((a, b) => compareIds(a.from, b.from));
  return h(
    "details",
    { class: "numbers", open: bonds.length <= 20 },
    h("summary", {}, "Edges as a table"),
    dataTable(
      "Edges between claims",
      [{ title: "claim" }, { title: "does what" }, { title: "to" }, { title: "it says" }, { title: "of" }],
      sorted.map(({ from, fromText, to, type }): TableField[] => [
        link(from),
        { content: edgeWord(type), sort: type },
        link(to),
        { content: fromText, sort: fromText, class: "long" },
        { content: textOf(to), sort: textOf(to), class: "long" },
      ]),
    ),
  );
}
