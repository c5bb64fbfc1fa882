/** Which processes of a browser show pages, by what the kernel knows of them. */

/** What Firefox calls the process of a page that is isolated from other origins; the kernel keeps fifteen letters. */
export const FIREFOX_PAGE = "Isolated Web Co";

/** An argument that Chromium starts the processes of pages with. */
export const CHROMIUM_PAGE = "--type=renderer";
