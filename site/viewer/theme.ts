import { h } from "./dom.ts";

const KEY = "watchbench-theme";
const THEMES = ["auto", "light", "dark"] as const;
type Theme = typeof THEMES[number];

/** A button that goes through automatic, light and dark; the choice is kept where the browser allows it. */
export function themeButton(): HTMLElement {
  const button = h("button", { type: "button", class: "theme" });
  let theme = storedTheme();
  const show = (): void => {
    document.documentElement.dataset["theme"] = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Pages opened from disk may have no storage; the choice then lasts as long as the page.
    }
    show();
    document.dispatchEvent(new Event("themechange"));
  });
  show();
  return button;
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === stored) ?? "auto";
  } catch {
    return "auto";
  }
}
