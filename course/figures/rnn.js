movingFigures.start("rnn", (root, {x, hs, W_ih, W_hh, b}) => {
  const {number, phrase, make, stepper, announce} = movingFigures;
  const steps = root.querySelectorAll(".step"), zeros = b.map(() => 0);
  const sums = make("div", {class: "sums"});
  const state = h => `(${h.map(v => number(v)).join(", ")})`;

  // 0.8 · 0.91 − 0.5 · 0.00, the values in bold
  const products = (weights, values, node) => weights.forEach((w, k) => {
    const sign = w < 0 ? "−" : "+", first = node.childNodes.length === 1;
    node.append(first ? (w < 0 ? "−" : "") : ` ${sign} `, `${Math.abs(w)} · `, make("b", {}, number(values[k])));
  });

  function draw(t) {
    const before = t > 1 ? hs[t - 2] : zeros;
    steps.forEach((step, k) => {
      step.classList.toggle("now", k === t - 1);
      step.classList.toggle("later", k >= t);
    });
    sums.replaceChildren(...b.map((bias, j) => {
      const row = make("div", {}, phrase("unit {j}: tanh(", {j}) + " ");
      products(W_ih[j], x[t - 1], row);
      products(W_hh[j], before, row);
      row.append(` ${bias < 0 ? "−" : "+"} ${Math.abs(bias)} ) = `, make("b", {"data-unit": j}, number(hs[t - 1][j])));
      return row;
    }));
    const x_t = x[t - 1].map(v => number(v)).join(", "), h_t = state(hs[t - 1]);
    announce(root, phrase("Step {t} of {last}. The box reads the input {x_t} and the state {h_prev}, and writes the state {h_t}.",
      {t, last: x.length, x_t, h_prev: state(before), h_t}));
  }

  const control = stepper(root, phrase("step t"), x.length, draw);
  root.querySelector(".words").before(sums);
  control.go(1);
});
