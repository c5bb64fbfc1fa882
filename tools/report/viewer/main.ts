/** Entry of every page but the history: draws what the page carries. */
import type { DevicesView } from "../../../lib/report/html/devices.ts";
import type { RunPageData } from "../../../lib/report/html/run_page_data.ts";
import type { IndexView } from "../../../lib/report/html/view.ts";
import { drawDevicesPage } from "./devices_page.ts";
import { drawIndexPage } from "./index_page.ts";
import { pageData } from "./page_data.ts";
import { drawRunPage } from "./run_page.ts";
import { startPage } from "./start_page.ts";

startPage(async (main) => {
  const view = await pageData<RunPageData | IndexView | DevicesView>();
  switch (view.page) {
    case "run":
      return drawRunPage(view, main);
    case "index":
      return drawIndexPage(view, main);
    case "devices":
      return drawDevicesPage(view, main);
  }
});
