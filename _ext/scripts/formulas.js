/* Formulas in sight are typeset first, all others bit by bit while there is nothing else to do: a page can be read
   long before its last formula is. `formulasReady` is fulfilled when all are. */
(() => {
  const AT_A_TIME = 4, NEAR = "600px";
  const waiting = new Set(document.querySelectorAll(".math, .mathjax_process, .tex2jax_process"));
  const near = new Set();
  const idle = () => new Promise(done => {
    if (window.requestIdleCallback) requestIdleCallback(done, {timeout: 500});
    else setTimeout(done, 50);
  });

  const watch = new IntersectionObserver(seen => {
    for (const {target, isIntersecting} of seen) isIntersecting ? near.add(target) : near.delete(target);
  }, {rootMargin: NEAR});
  const looked = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));

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
    await looked();
    addEventListener("beforeprint", () => MathJax.typeset(taken([...waiting])));
    while (waiting.size) {
      if (!near.size) await idle();
      await MathJax.typesetPromise(taken(near.size ? [...near] : [...waiting].slice(0, AT_A_TIME)));
    }
  };
  window.formulasReady = all();
})();
