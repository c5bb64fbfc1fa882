import { deepStrictEqual, throws } from "node:assert/strict";
import { basename } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { type ArchiveStudy, parseArchiveStudy, storeArchiveStudy } from "./archive_study.ts";

const PASS = { coldMs: 1500, warmMs: 400, peakBytes: 150_000_000, runCount: 100 };

const STUDY: ArchiveStudy = {
  measuredAt: "2026-11-28T15:31:03.726Z",
  environment: { machineId: "0123456789abcdef", cpuModel: "CPU", coreCount: 2, deno: "2.9.6", isDirty: true },
  imported: {
    runCount: 100,
    blocksPerRun: 22,
    addMs: 2000,
    addHundredAgainMs: 900,
    archiveBytes: 200_000,
    history: [PASS, PASS],
  },
  generated: {
    runCount: 1000,
    generateMs: 500,
    archiveBytes: 300_000,
    history: [{ ...PASS, runCount: 1000 }],
  },
  harnessPeakBytes: 500_000_000,
};

Deno.test("storeArchiveStudy() writes what parseArchiveStudy() accepts, and nothing else passes", () =>
  inTempFolder((folder) => {
    const file = storeArchiveStudy(folder, STUDY);
    deepStrictEqual(parseArchiveStudy(Deno.readTextFileSync(file), file), STUDY);
    const refused = (broken: unknown, rule: RegExp): void => {
      throws(() => parseArchiveStudy(JSON.stringify(broken), basename(file)), {
        name: "RecordFormatError",
        message: rule,
      });
    };
    refused({ ...STUDY, imported: { ...STUDY.imported, addMs: 0 } }, /"imported\.addMs" must be sound/);
    refused(
      { ...STUDY, imported: { ...STUDY.imported, runCount: 101 } },
      /must tell all of 101 runs: got 100/,
    );
    refused(
      { ...STUDY, generated: { ...STUDY.generated, history: [PASS] } },
      /must tell all of 1000 runs: got 100/,
    );
    refused({ ...STUDY, measuredAt: "2026-11-28T15:31:04.726Z" }, /its name must be that of its moment/);
    return Promise.resolve();
  }));
