/** Entry of every page but the history: draws what the page carries, or the run that its address names. */
import type { DevicesView } from "../pages/devices.ts";
import type { RuntimesView } from "../pages/runtimes.ts";
import { type IndexView, RUN_DATASET } from "../pages/view.ts";
import { drawDevicesPage } from "./devices_page.ts";
import { drawIndexPage } from "./index_page.ts";
import { dataElement, pageData } from "./page_data.ts";
import { drawRunPage } from "./run_page.ts";
import { drawRuntimesPage } from "./runtimes_page.ts";
import { startPage } from "./start_page.ts";
import { viewOfRun } from "./view_of_run.ts";

startPage(async (main) => {
  if (dataElement().dataset["page"] === RUN_DATASET.page) return drawRunPage(await viewOfRun(), main);
  const data = await pageData<IndexView | DevicesView | RuntimesView>();
  switch (data.page) {
    case "index":
      return drawIndexPage(data, main);
    case "devices":
      return drawDevicesPage(data, main);
    case "runtimes":
      return drawRuntimesPage(data, main);
  }
});
