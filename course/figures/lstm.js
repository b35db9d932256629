movingFigures.start("lstm", (root, first) => {
  const {number, make, bar, button, slider, handle, state, announce} = movingFigures;
  const sigmoid = z => 1 / (1 + Math.exp(-z));
  const open = a => a < 0.1 ? "shut" : a < 0.35 ? "a little open" : a < 0.65 ? "half open" : a < 0.9 ? "mostly open" : "open";
  // Of each control: the slider that it sets, its label, its least and greatest value, and the slider's value for its own.
  const logit = a => Math.log(a / (1 - a));
  const CONTROLS = {
    i: ["z_i", "input gate", 0, 1, logit], f: ["z_f", "forget gate", 0, 1, logit],
    g: ["z_g", "candidate", -1, 1, Math.atanh], o: ["z_o", "output gate", 0, 1, logit],
    c_prev: ["c_prev", "old cell", -10, 10, c => c],
  };
  const z = {...first}, inputs = {};
  const most = name => name === "c_prev" ? 10 : 6;

  // Sets a slider's value, in tenths, and draws all that depends on it.
  const set = (name, value) => {
    z[name] = Math.min(most(name), Math.max(-most(name), Math.round(10 * value) / 10));
    draw();
  };

  const fill = (control, share) => {
    const frame = control.querySelector(".frame"), level = control.querySelector(".fill"), signed = !level.matches(".gate");
    const [y, tall] = ["y", "height"].map(name => Number(frame.getAttribute(name)));
    const height = (tall - 6) * Math.min(1, Math.abs(share)) / (signed ? 2 : 1);
    const bottom = signed ? y + tall / 2 + (share > 0 ? 0 : height) : y + tall - 3;
    level.setAttribute("y", bottom - height);
    level.setAttribute("height", height);
    if (signed) level.setAttribute("class", share > 0 ? "fill plus" : "fill minus");
  };

  function draw() {
    const c_prev = z.c_prev, i = sigmoid(z.z_i), f = sigmoid(z.z_f), g = Math.tanh(z.z_g), o = sigmoid(z.z_o);
    const kept = f * c_prev, taken = i * g, c_t = kept + taken, squashed = Math.tanh(c_t), h_t = o * squashed;
    const flow = {i, f, g, o, c_prev, kept, taken, c_t, squashed, h_t};
    for (const text of root.querySelectorAll("[data-v]")) text.textContent = number(flow[text.dataset.v], 3);
    for (const line of root.querySelectorAll("[data-flow]")) {
      const v = flow[line.dataset.flow];
      line.setAttribute("stroke-width", Math.abs(v) < 0.005 ? 0.4 : Math.min(12, 1 + 4 * Math.abs(v)));
      line.classList.toggle("less", v < 0);
    }
    for (const control of root.querySelectorAll("[data-control]")) {
      const name = control.dataset.control, v = flow[name];
      fill(control, name[0] === "c" ? v / 10 : v);
      if (!CONTROLS[name]) continue;
      const [, label, low, high] = CONTROLS[name];
      state(control, label, low, high, v.toFixed(3), low ? number(v, 3) : `${number(v, 3)}, ${open(v)}`);
    }
    for (const [name, input] of Object.entries(inputs)) {
      input.value = z[name];
      input.nextElementSibling.textContent = number(z[name], 1);
    }
    announce(root, `The forget gate is ${open(f)}: of ${number(c_prev, 3)} the cell keeps ${number(kept, 3)}. `
      + `The input gate is ${open(i)}: of the candidate ${number(g, 3)} it takes in ${number(taken, 3)}. `
      + `The cell now holds ${number(c_t, 3)}. The output gate is ${open(o)}: ${number(h_t, 3)} is shown.`);
    return c_t;
  }

  root.querySelector("svg").setAttribute("role", "group");
  const rows = Object.values(CONTROLS).map(([name, label]) => {
    const [row, input] = slider(label, {min: -most(name), max: most(name), step: 0.1, value: z[name]}, v => set(name, v));
    row.firstChild.append(`, ${name[0]}`, make("sub", {}, name === "c_prev" ? "t−1" : name[2]));
    inputs[name] = input;
    input.dataset.in = name;
    return row;
  });
  bar(root, ...rows, button("Next step: the new cell becomes the old one", () => {
    z.c_prev = draw();  // not rounded
    draw();
  }));
  for (const control of root.querySelectorAll("[data-control]")) {
    const [name, , low, high, before] = CONTROLS[control.dataset.control] ?? [];
    if (name) handle(control, (x, y) => set(name, before(low + (high - low) * Math.min(1, Math.max(0, 1.16 - 1.32 * y)))),
      (dx, dy) => set(name, z[name] + (dx + dy) / 10));
  }
  draw();
});
