movingFigures.start("attention", (root, examples) => {
  const {number, choice, stepper, handle, state, announce} = movingFigures;
  const LEFT = 92, CELL = 33, drawings = [...root.querySelectorAll("svg")];
  let shown = 0;

  function draw(t) {
    const [, words, characters, weights] = examples[shown], row = weights[t - 1], svg = drawings[shown];
    svg.querySelectorAll(".column").forEach((column, k) => column.classList.toggle("on", k === t - 1));
    svg.querySelectorAll(".number").forEach((text, s) => { text.textContent = number(row[s]); });
    const most = row.indexOf(Math.max(...row));
    svg.querySelectorAll(".word").forEach((word, s) => word.classList.toggle("on", s === most));
    svg.querySelector(".pick").setAttribute("x", LEFT + CELL * (t - 1));
    const looks = words.map((word, s) => [row[s], word]).filter(([w]) => w >= 0.05).sort((a, b) => b[0] - a[0])
      .map(([w, word]) => `${word} ${number(w)}`).join(", ");
    state(svg, "characters of the translation", 1, characters.length, t, `${characters[t - 1]}: ${looks}`);
    announce(root, `${characters.slice(0, -1).join("")}: to write ${t < characters.length ? characters[t - 1] : "the end"}, it looks at ${looks}.`);
  }

  const pick = choice(root, "Sentence", examples.map(([sentence]) => sentence), k => {
    shown = k;
    drawings.forEach((svg, j) => svg.toggleAttribute("hidden", j !== k));
    steps.length(examples[k][2].length);
    steps.go(1);
  });
  const steps = stepper(root, "", examples[0][2].length, draw);
  for (const svg of drawings) {
    const T = svg.querySelectorAll(".column").length, at = x => 1 + Math.min(T - 1, Math.floor(x * T));
    svg.classList.add("handle");
    handle(svg, x => steps.go(at(x)), (dx, dy) => steps.by(dx + dy), true);
    svg.addEventListener("pointermove", event => {
      const box = svg.querySelector(".ring").getBoundingClientRect(), x = (event.clientX - box.left) / box.width;
      if (event.pointerType === "mouse" && x >= 0 && x < 1) steps.go(at(x));
    });
  }
  pick(0);
});
