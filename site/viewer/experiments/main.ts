/** Entry of the pages about experiments. */
import type { ExperimentsView, ExperimentView } from "../../experiments/view.ts";
import { pageData } from "../page_data.ts";
import { startPage } from "../start_page.ts";
import { drawExperimentPage } from "./experiment_page.ts";
import { drawExperimentsPage } from "./experiments_page.ts";

startPage(async (main) => {
  const view = await pageData<ExperimentsView | ExperimentView>();
  return view.page === "experiments" ? drawExperimentsPage(view, main) : drawExperimentPage(view, main);
});
