movingFigures.start("beam", (root, searches) => {
  const {number, make, choice, stepper, announce} = movingFigures;
  const widths = Object.keys(searches), drawings = [...root.querySelectorAll("svg")];
  const table = make("table"), body = make("tbody");
  let k = 0;

  // The text of a candidate: the text of the hypothesis that it extends, and its own character.
  const textOf = (steps, t, place) => {
    const [parent, token] = steps[t][0][place];
    return (t ? textOf(steps, t - 1, parent) : "") + (token === "end" ? "" : token);
  };

  function draw(t) {
    const steps = searches[widths[k]], done = [], rows = [];
    steps.slice(0, t).forEach(([candidates, capacity], s) => candidates.forEach(([, token, score], place) => {
      const text = textOf(steps, s, place), kept = place < capacity, ended = token === "end";
      if (kept && ended) done.push({text, score, fate: s === t - 1 ? "finished" : "finished earlier"});
      else if (s === t - 1) rows.push({text: text + (ended ? " (end)" : ""), score, fate: kept ? "kept" : "dropped"});
    }));
    const last = t === steps.length, all = [...rows.filter(row => row.fate === "kept"), ...done];
    if (last) all.reduce((a, b) => b.score > a.score ? b : a).fate = "the best";
    body.replaceChildren(...[...done, ...rows].map(({text, score, fate}) => make("tr", {class: fate},
      make("td", {}, text), make("td", {class: "number"}, number(score)), make("td", {}, fate))));
    drawings[k].classList.toggle("done", last);
    drawings[k].querySelectorAll(".step").forEach((step, s) => {
      step.classList.toggle("later", s >= t);
      step.classList.toggle("now", s === t - 1);
    });
    const names = fate => rows.filter(row => row.fate === fate).map(row => row.text).join(", ");
    announce(root, `Step ${t} of ${steps.length}, a beam of ${widths[k]}. `
      + (last ? `No beginning is left: the best is ${all.find(row => row.fate === "the best").text}.`
        : `It keeps ${names("kept")}${done.length ? `, has finished ${done.map(row => row.text).join(", ")}` : ""}`
          + `${names("dropped") ? `, and drops, among others, ${names("dropped")}` : ""}.`));
  }

  const head = ["beginning", "log p", "fate"].map(name => make("th", {scope: "col"}, name));
  table.append(make("thead", {}, make("tr", {}, ...head)), body);
  const pick = choice(root, "Beam", widths, j => {
    k = j;
    drawings.forEach((svg, i) => svg.toggleAttribute("hidden", i !== k));
    steps.length(searches[widths[k]].length);
    steps.go(1);
  });
  const steps = stepper(root, "step", searches[widths[0]].length, draw);
  root.querySelector(".words").before(table);
  pick(widths.length > 1 ? 1 : 0);
});
