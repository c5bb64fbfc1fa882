/** The generated journal: what was learned beyond one experiment. Pure. */
import { formatQuantity } from "../../report/format.ts";
import { markdownText } from "../../report/safe_text.ts";
import { describePlace, describeQuantity } from "../rules/wording.ts";
import { EXPERIMENTS_FOLDER } from "../sources/load_experiments.ts";
import { LESSONS_FOLDER, type LoadedLesson, type Pin } from "../sources/lessons.ts";

/** Where the journal is kept, relative to the root. */
export const JOURNAL_FILE = `${EXPERIMENTS_FOLDER}/JOURNAL.md`;

/** Generated text of the journal, the newest lesson first. */
export function journalPage(lessons: readonly LoadedLesson[]): string {
  const newestFirst = lessons.toSorted((a, b) =>
    a.date === b.date ? (a.slug < b.slug ? -1 : 1) : (a.date > b.date ? -1 : 1)
  );
  const parts = [
    `<!-- Generated from ${LESSONS_FOLDER}: edit there, then run "deno task signals generate" -->`,
    "# Journal",
    "What was learned beyond one experiment. Each lesson is pinned to something that can be looked at; `deno task check` " +
    "says when a pin no longer holds.",
    ...newestFirst.flatMap(lessonParts),
  ];
  return parts.join("\n\n") + "\n";
}

function lessonParts({ slug, date, lesson, appliesAgainWhen, pins }: LoadedLesson): string[] {
  return [
    `## ${slug.replaceAll("-", " ")}`,
    markdownText(lesson),
    `**Applies again when** ${markdownText(appliesAgainWhen)}`,
    `**Pinned to** ${pins.map(pinText).join("; ")}. ${date}.`,
  ];
}

function pinText(pin: Pin): string {
  switch (pin.kind) {
    case "claim":
      return `claim ${pin.claim}`;
    case "test":
      return `the test "${markdownText(pin.title)}" in [${markdownText(pin.file)}](../${pin.file})`;
    case "bench":
      return `\`${describeQuantity(pin.quantity)}\` of ${formatQuantity(pin.value, pin.unit)} (${pin.cell}, ${
        describePlace(pin.place)
      }) in [${pin.run}](../results/${pin.run}/report.md)`;
  }
}
