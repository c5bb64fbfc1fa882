/** Entry of every page but the history: draws what the page carries. */
import type { DevicesView } from "../../../lib/report/html/devices.ts";
import type { IndexView, RunPageData } from "../../../lib/report/html/view.ts";
import { drawDevicesPage } from "./devices_page.ts";
import { drawIndexPage } from "./index_page.ts";
import { dataElement, pageData } from "./page_data.ts";
import { drawRunPage } from "./run_page.ts";
import { runViewOf } from "./run_view_of.ts";
import { startPage } from "./start_page.ts";

startPage(async (main) => {
  const { dataset } = dataElement();
  if (isRunPage(dataset)) return drawRunPage(await runViewOf(dataset), main);
  const data = await pageData<IndexView | DevicesView>();
  switch (data.page) {
    case "index":
      return drawIndexPage(data, main);
    case "devices":
      return drawDevicesPage(data, main);
  }
});

function isRunPage(dataset: object): dataset is RunPageData {
  return "page" in dataset && dataset.page === "run";
}
