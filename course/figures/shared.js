// What the figures share. Every output contains this script, and the first one on a page defines it.
window.movingFigures ??= (() => {
  const number = (x, digits = 2) => {
    const text = x.toFixed(digits);
    return Number(text) ? text.replace("-", "−") : text.replace("-", "");
  };

  // A sentence with values in its places, translated where the page brings `figureWords`, translations by template.
  const phrase = (text, places = {}) =>
    (window.figureWords?.[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => places[name]);

  // An element with attributes, text or children; in JupyterLab its keys do not trigger shortcuts.
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    if (/button|input/.test(tag)) attributes["data-lm-suppress-shortcuts"] = "true";
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  // A row of controls beneath the drawing, in the order of the calls.
  const bar = (root, ...children) => {
    const row = make("div", {class: "bar"}, ...children);
    root.querySelector(".words").before(row);
    return row;
  };

  const button = (text, act) => {
    const node = make("button", {type: "button"}, text);
    node.addEventListener("click", act);
    return node;
  };

  const slider = (label, {min, max, step = 1, value}, act) => {
    const input = make("input", {type: "range", min, max, step, value});
    input.addEventListener("input", () => act(Number(input.value)));
    return [make("label", {}, make("span", {}, label), input, make("output")), input];
  };

  // A choice of one from several, as buttons that stay pressed.
  const choice = (root, label, names, pick) => {
    const buttons = names.map((name, k) => button(name, () => choose(k)));
    const choose = k => {
      buttons.forEach((b, j) => b.setAttribute("aria-pressed", j === k));
      pick(k);
    };
    const row = bar(root, make("span", {}, label), ...buttons);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", label);
    return choose;
  };

  // Back, play, next and, with a label, a slider; draw(t) is called for t from 1 to `last`, which may change.
  const stepper = (root, label, last, draw) => {
    let t = last, timer = 0;
    const go = to => {
      t = Math.min(last, Math.max(1, to));
      back.setAttribute("aria-disabled", t === 1);
      next.setAttribute("aria-disabled", t === last);
      if (label) [input.max, input.value, input.nextElementSibling.textContent] = [last, t, phrase("{t} of {last}", {t, last})];
      draw(t);
    };
    const stop = () => { clearInterval(timer); timer = 0; play.textContent = phrase("Play"); };
    const by = to => { stop(); go(to); };
    const back = button(phrase("Back"), () => by(t - 1)), next = button(phrase("Next"), () => by(t + 1));
    const play = button(phrase("Play"), () => {
      if (timer) return stop();
      play.textContent = phrase("Pause");
      go(t === last ? 1 : t + 1);
      timer = setInterval(() => t < last && root.isConnected ? go(t + 1) : stop(), 1300);
    });
    const [row, input] = label ? slider(label, {min: 1, max: last, value: last}, by) : [""];
    bar(root, back, play, next, row);
    return {go: by, by: d => by(t + d), length: n => { stop(); last = n; }};
  };

  // A drawn control: point(x, y) with both from 0 to 1 in its ring, up to down; key(dx, dy) with 10 for a large step.
  const KEYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    PageUp: [0, 10], PageDown: [0, -10], Home: [0, -1e9], End: [0, 1e9]};
  const handle = (node, point, key, scrolls = false) => {
    for (const [name, value] of [["tabindex", 0], ["role", "slider"], ["data-lm-suppress-shortcuts", "true"]])
      node.setAttribute(name, value);
    if (scrolls) node.style.touchAction = "pan-y";
    let from = null;
    const at = event => {
      const box = node.querySelector(".ring").getBoundingClientRect();
      const share = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
      point(share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height));
    };
    const waits = event => scrolls && event.pointerType === "touch";  // it may be a swipe down the page
    node.addEventListener("pointerdown", event => {
      if (event.button) return;
      from = event;
      node.setPointerCapture(event.pointerId);
      node.focus({preventScroll: true});
      if (!waits(event)) { event.preventDefault(); at(event); }
    });
    node.addEventListener("pointermove", event => {
      if (from && !(waits(event) && Math.abs(event.clientX - from.clientX) < 9)) at(event);
    });
    node.addEventListener("pointerup", event => { if (from) at(event); from = null; });
    node.addEventListener("pointercancel", () => { from = null; });
    node.addEventListener("keydown", event => {
      if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      key(...KEYS[event.key], event.shiftKey);
    });
  };

  // The ARIA attributes of a drawn control.
  const state = (node, label, low, high, now, words) => {
    const attributes = {label, valuemin: low, valuemax: high, valuenow: now, valuetext: words};
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(`aria-${name}`, value);
  };

  // Writes the sentence after a delay, so that a screen reader does not read it out at every pixel of a drag.
  const announce = (root, words) => {
    clearTimeout(root.pending);
    root.pending = setTimeout(() => { root.querySelector(".words").textContent = words; }, 200);
  };

  const start = (name, set) => {
    for (const root of document.querySelectorAll(`.moving.${name}:not(.live, .still)`)) {
      root.classList.add("live");
      const words = root.querySelector(".words");
      words.ariaLive = "off";  // a screen reader does not read out the first sentence
      setTimeout(() => { words.ariaLive = "polite"; }, 1000);
      set(root, JSON.parse(root.querySelector("[type='application/json']").textContent));
    }
  };

  return {number, phrase, make, bar, button, slider, choice, stepper, handle, state, announce, start};
})();
