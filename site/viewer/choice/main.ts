/** Entry of the page "Which database?". */
import type { ChoiceView } from "../../pages/choice_view.ts";
import { pageData } from "../page_data.ts";
import { startPage } from "../start_page.ts";
import { drawChoicePage } from "./choice_page.ts";

startPage(async (main) => drawChoicePage(await pageData<ChoiceView>(), main));
