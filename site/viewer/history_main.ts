/** Entry of the history page. */
import type { HistoryView } from "../pages/history.ts";
import { drawHistoryPage } from "./history_page.ts";
import { pageData } from "./page_data.ts";
import { startPage } from "./start_page.ts";

startPage(async (main) => await drawHistoryPage(await pageData<HistoryView>(), main));
