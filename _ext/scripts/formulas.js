/* Formulas in sight are typeset first, all others bit by bit while there is nothing else to do.
   `formulasReady` is fulfilled when all are. */
(() => {
  const AT_A_TIME = 4;
  let ready;
  window.formulasReady = new Promise(done => { ready = done; });
  const whenIdle = act => window.requestIdleCallback ? requestIdleCallback(act, {timeout: 500}) : setTimeout(act, 50);

  const some = async () => {
    const waiting = [...document.querySelectorAll("mjx-lazy")].slice(0, AT_A_TIME);
    if (!waiting.length) return ready();
    const formulas = MathJax.startup.document;
    for (const mark of waiting) formulas.lazySet.add(mark.dataset.mjxLazy);
    formulas.lazyHandleSet();
    await formulas.lazyPromise;
    if (waiting.every(mark => mark.isConnected)) return ready();  // it cannot: do not try for ever
    whenIdle(some);
  };

  addEventListener("load", async () => {
    if (!window.MathJax?.startup?.promise) return ready();
    await MathJax.startup.promise;
    whenIdle(some);
  });
})();
