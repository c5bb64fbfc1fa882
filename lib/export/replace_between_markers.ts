/** The line before a snippet. */
export const START_MARKER = "<!-- watchbench:start -->";

/** The line after a snippet. */
export const END_MARKER = "<!-- watchbench:end -->";

/**
 * The text with a snippet in the place of what stands between the two markers, each on a line of its own outside code
 * fences. Everything else keeps its bytes, line ends included.
 *
 * @throws {RangeError} when there is not exactly one pair of markers, the start first.
 */
export function replaceBetweenMarkers(text: string, snippet: string): string {
  const lines = text.split("\n");
  const starts: number[] = [];
  const ends: number[] = [];
  let fence: string | undefined;
  for (const [index, line] of lines.entries()) {
    const content = line.trim();
    const marks = /^(`{3,}|~{3,})/.exec(content)?.[1];
    if (fence !== undefined) {
      if (marks !== undefined && marks[0] === fence[0] && marks.length >= fence.length && content === marks) {
        fence = undefined;
      }
    } else if (marks !== undefined) {
      fence = marks;
    } else if (content === START_MARKER) {
      starts.push(index);
    } else if (content === END_MARKER) {
      ends.push(index);
    }
  }
  const [start, end] = [starts[0], ends[0]];
  if (start === undefined || end === undefined || starts.length > 1 || ends.length > 1 || end < start) {
    throw new RangeError(
      `Cannot update the snippet as ${START_MARKER} and ${END_MARKER} must be there once each, in this order: got ` +
        `${starts.length} and ${ends.length}${
          starts.length === 1 && ends.length === 1 ? ", the end first" : ""
        }`,
    );
  }
  const lineEnd = lines[start]!.endsWith("\r") ? "\r" : "";
  const inner = ["", ...snippet.split("\n"), ""].map((line) => line + lineEnd);
  return [...lines.slice(0, start + 1), ...inner, ...lines.slice(end)].join("\n");
}
