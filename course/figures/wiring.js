movingFigures.start("wiring", (root, last) => {
  const {phrase, stepper, announce} = movingFigures;
  stepper(root, phrase("stage"), last, t => {
    root.querySelector("svg > g").classList.add("staged");
    for (const part of root.querySelectorAll("[data-s]"))
      part.classList.toggle("on", part.dataset.s.split(" ").includes(String(t)));
    announce(root, root.querySelector(".equation.on").getAttribute("aria-label"));
  }).go(1);
});
