/* Gives each element that scrolls a tab stop, so that the keyboard can scroll it. */
(() => {
  const WIDE = "mjx-container[display], .pst-scrollable-table-container, .text_html, div.cell_output .output";
  const stops = () => {
    for (const box of document.querySelectorAll(WIDE)) {
      if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", async () => {
    stops();
    await window.formulasReady;
    stops();
    addEventListener("resize", stops);
  });
})();
