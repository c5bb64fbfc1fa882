import assert from "node:assert/strict";
import { proseLines } from "../pages/markdown_files.ts";
import { headingAnchors } from "./links.ts";

Deno.test("headingAnchors() makes anchors as GitHub does", () => {
  const text = [
    "# Hello, World!",
    "## `deno task bench` and more",
    "## Same",
    "## Same",
    "### A [link](x.md) here #",
    "```sh",
    "# no heading",
    "```",
    '<a id="Explicit"></a>',
    "## Größe 2.0",
  ].join("\n");
  assert.deepEqual([...headingAnchors(text)], [
    "hello-world",
    "deno-task-bench-and-more",
    "same",
    "same-1",
    "a-link-here",
    "explicit",
    "größe-20",
  ]);
});

Deno.test("proseLines() blanks code and keeps columns", () => {
  const text = "a `b` c\n~~~\n[x](y)\n```\n~~~\n``a ` b`` d\n    code stays";
  assert.deepEqual(proseLines(text), ["a     c", "", "", "", "", "          d", "    code stays"]);
});
