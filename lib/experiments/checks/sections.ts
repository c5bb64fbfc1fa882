import type { Fault } from "../sources/fault.ts";
import { markdownFiles } from "../pages/markdown_files.ts";
import { writeSections } from "../pages/sections.ts";
import { firstDifference } from "../sources/text_difference.ts";
import type { Check } from "./check.ts";

/** Numbers in hand-written pages come from stored runs. */
export const sections: Check = {
  id: "sections",
  title: "Generated parts of hand-written pages are what their sources say",
  run({ input: { root, research } }) {
    return markdownFiles(root).flatMap(({ file, text }): Fault[] => {
      const page = writeSections(file, text, { root, research });
      const difference = firstDifference(text, page.text);
      if (difference === undefined) return [...page.faults];
      const message = `a generated part must be what its source says: ${difference.text}; ` +
        '"deno task signals generate" writes it again';
      return [...page.faults, { rule: "section-stale", file, line: difference.line, message }];
    });
  },
};
