/** Entry of every page but the history: draws what the page carries. */
import type { PageView } from "../../../lib/report/html/view.ts";
import { drawIndexPage } from "./index_page.ts";
import { pageData } from "./page_data.ts";
import { drawRunPage } from "./run_page.ts";
import { startPage } from "./start_page.ts";

startPage(async (main) => {
  const view = await pageData<PageView>();
  switch (view.page) {
    case "run":
      return drawRunPage(view, main);
    case "index":
      return drawIndexPage(view, main);
  }
});
