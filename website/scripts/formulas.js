/* Typesets the formulas in sight first and all others, a few at a time, while the browser is idle. A reader can use the
   page long before its last formula is typeset. The promise `formulasReady` is fulfilled when all are. */
(() => {
  const AT_A_TIME = 2, NEAR = "200px", REST = 1000;  // ms until formulas out of sight begin
  const waiting = new Set(document.querySelectorAll(".math, .mathjax_process, .tex2jax_process"));
  const near = new Set();
  let comes = () => {};
  const watch = new IntersectionObserver(seen => {
    for (const {target, isIntersecting} of seen) isIntersecting ? near.add(target) : near.delete(target);
    if (near.size) comes();
  }, {rootMargin: NEAR});

  const oneComes = () => new Promise(done => { comes = done; });
  const passed = ms => new Promise(done => setTimeout(done, ms));
  const idle = () => window.requestIdleCallback
    ? new Promise(done => requestIdleCallback(done, {timeout: 500})) : passed(50);

  const taken = formulas => {
    for (const formula of formulas) {
      waiting.delete(formula);
      near.delete(formula);
      watch.unobserve(formula);
    }
    return formulas;
  };

  const all = async () => {
    if (document.readyState !== "complete") await new Promise(done => addEventListener("load", done));
    if (!window.MathJax?.startup?.promise || !waiting.size) return;
    await MathJax.startup.promise;
    for (const formula of waiting) watch.observe(formula);
    addEventListener("beforeprint", () => MathJax.typeset(taken([...waiting])));
    const rested = passed(REST);
    while (waiting.size) {
      if (!near.size) await Promise.race([oneComes(), rested]);
      if (!near.size) await idle();
      await MathJax.typesetPromise(taken(near.size ? [...near] : [...waiting].slice(0, AT_A_TIME)));
    }
  };
  window.formulasReady = all();
})();
