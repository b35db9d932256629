movingFigures.start("gru", (root, first) => {
  const {number, bar, choice, button, handle, state, announce} = movingFigures;
  const LEFT = 34, CELL = 33, ROW = 46, TALL = 28, T = first.x.length;
  const rows = [...root.querySelectorAll(".row")], row = Object.fromEntries(rows.map(node => [node.dataset.row, node]));
  const job = node => node.querySelector(".small");
  const jobs = {z: job(row.z).textContent, u: job(row.u).textContent};
  let values = structuredClone(first), now = T - 1, keeps = true;

  // Both cells over the sequence; the LSTM in c and h, the GRU in s.
  const run = () => {
    let c = 0, h = 0, s = 0;
    const {x, i, f, o, z, r} = values, all = {...values, u: z.map(v => 1 - v), g: [], c: [], h: [], n: [], s: []};
    x.forEach((x_t, t) => {
      all.g[t] = Math.tanh(x_t + h);
      all.c[t] = c = f[t] * c + i[t] * all.g[t];
      all.h[t] = h = o[t] * Math.tanh(c);
      all.n[t] = Math.tanh(x_t + r[t] * s);
      const kept = keeps ? z[t] : 1 - z[t];
      all.s[t] = s = kept * s + (1 - kept) * all.n[t];
    });
    return all;
  };

  function draw() {
    const all = run();
    for (const node of rows) {
      const name = node.dataset.row;
      const most = Math.max(1, ...all[name].map(Math.abs)), zero = node.dataset.zero;
      for (const path of node.querySelectorAll("path[class]")) {
        const gate = path.matches(".gate"), reach = (gate ? TALL : TALL / 2) / most;
        path.setAttribute("d", all[name].map((v, k) => gate || v > 0 === path.matches(".plus")
          ? `M${LEFT + CELL * k + 4} ${zero}v${(-reach * v).toFixed(1)}h${CELL - 8}V${zero}z` : "").join(""));
      }
      const v = all[name][now];
      node.querySelector(".number").textContent = number(v);
      if (values[name]) state(node, `${name}, ${job(node).textContent}`, name === "x" ? -1 : 0, 1, v.toFixed(2),
        `step ${now + 1} of ${T}: ${number(v)}`);
    }
    for (const band of root.querySelectorAll(".band")) band.setAttribute("x", LEFT + CELL * now);
    const at = name => number(all[name][now]), share = keeps ? at("z") : at("u");
    announce(root, `Step ${now + 1} of ${T}, input ${at("x")}. LSTM: keeps ${at("f")} of its cell, takes in ${at("i")} of the `
      + `candidate ${at("g")}; the cell holds ${at("c")}, and ${at("h")} is shown. GRU: keeps ${share} of its state, takes `
      + `the rest from the candidate ${at("n")}; it holds and shows ${at("s")}.`);
  }

  for (const svg of root.querySelectorAll("svg")) svg.setAttribute("role", "group");
  for (const node of root.querySelectorAll(".handle")) {
    const name = node.dataset.row, low = name === "x" ? -1 : 0;
    const set = (t, v) => {
      now = Math.min(T - 1, Math.max(0, t));
      values[name][now] = Math.min(1, Math.max(low, Math.round(10 * v) / 10));
      draw();
    };
    handle(node, (x, y) => set(Math.floor(x * T), low + (1 - low) * (1.15 - 1.3 * y)), (dx, dy, shift) => {
      const t = now + Math.sign(dx);
      set(dx ? t : now, shift && dx ? values[name][now] : (values[name][Math.min(T - 1, Math.max(0, t))] + dy / 10));
    }, true);
  }
  const pick = choice(root, "In the GRU, z is what it", ["keeps (Cho et al., PyTorch)", "lets in (Chung et al.)"], k => {
    keeps = k === 0;
    row.z.setAttribute("transform", keeps ? "" : `translate(0 ${-ROW})`);
    row.u.setAttribute("transform", keeps ? "" : `translate(0 ${ROW})`);
    job(row.z).textContent = jobs[keeps ? "z" : "u"];
    job(row.u).textContent = jobs[keeps ? "u" : "z"];
    draw();
  });
  bar(root, button("All gates half open again", () => {
    values = structuredClone(first);
    draw();
  }));
  pick(0);
});
