// The theme: the choice kept in this browser, or the system's. Runs before anything is drawn.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => {
    try {
      return localStorage.getItem("sitbone-theme") || "system";
    } catch {
      return "system"; // a browser that keeps nothing
    }
  };
  const apply = () => {
    const dark = kept() === "dark" || (kept() === "system" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    if (window.setDark) setDark(dark); // the framework's own elements
  };
  const changed = () => {
    const charts = document.querySelector(".nicegui-echart");
    if (charts) location.reload(); // charts take their colours when they are drawn
    else apply();
  };
  apply();
  system.addEventListener("change", changed);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("change", (event) => {
    if (event.target.id !== "theme") return;
    try {
      localStorage.setItem("sitbone-theme", event.target.value);
    } catch {}
    changed();
  });
  // The framework draws the menu some time after the page opens.
  new MutationObserver((_, observer) => {
    const menu = document.getElementById("theme");
    if (!menu) return;
    menu.value = kept();
    observer.disconnect();
  }).observe(document.documentElement, { childList: true, subtree: true });
  // A colour of the style sheet, for charts.
  window.token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
})();
