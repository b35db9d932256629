movingFigures.start("reach", (root, {distance, xs, radius, curves, gated}) => {
  const {bar, choice, slider, announce} = movingFigures;
  const small = x => x.toPrecision(3).replace(/e([+-])(\d+)/, (_, sign, n) => ` · 10${sign === "-" ? "⁻" : ""}`
    + [...n].map(d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).join(""));
  const mark = root.querySelector(".mark");
  let cell = 0, r = 0, at = 0;

  function draw() {
    const name = cell ? gated[cell - 1] : `RNN ${radius[r]}`, left = curves[name][at], t = distance[at];
    for (const curve of root.querySelectorAll("[data-curve]")) curve.classList.toggle("on", curve.dataset.curve === name);
    const line = root.querySelector(".on path").getAttribute("d").slice(1).split(" ");
    mark.setAttribute("transform", `translate(${xs[at]} 0)`);
    mark.firstChild.setAttribute("d", "M0 12V242");
    mark.lastChild.setAttribute("cy", Number(line[2 * at]) === xs[at] ? line[2 * at + 1] : 242);  // it has left the plot
    bars[0].hidden = cell > 0;
    inputs[0].nextElementSibling.textContent = radius[r];
    inputs[1].nextElementSibling.textContent = t;
    const verdict = left < 1e-3 ? "It has vanished." : left > 1e3 ? "It has exploded." : "It arrives.";
    announce(root, `${cell ? name : `RNN, spectral radius ${radius[r]}`}: of a nudge ${t} ${t > 1 ? "steps" : "step"} back, `
      + `${small(left)} is left, a factor of ${(left ** (1 / t)).toPrecision(3)} a step. ${verdict}`);
  }

  const [one, radii] = slider("spectral radius ρ", {min: 0, max: radius.length - 1, value: 0}, v => { r = v; draw(); });
  const [two, steps] = slider("steps back", {min: 0, max: distance.length - 1, value: 0}, v => { at = v; draw(); });
  const inputs = [radii, steps], bars = [];
  const pick = choice(root, "Cell", ["RNN", ...gated], k => { cell = k; draw(); });
  bars.push(bar(root, one), bar(root, two));
  r = radii.value = Math.max(0, radius.indexOf(1));
  at = steps.value = distance.indexOf(20) + 1 ? distance.indexOf(20) : 0;
  pick(0);
});
