/* Moves the front page's figure from character to character, unless the reader wants no motion. */
(() => {
  const root = document.querySelector(".opening"), steps = [...root.querySelectorAll("[data-t]")];
  const button = root.querySelector("button"), slider = root.querySelector("input"), words = root.querySelector(".words");
  let timer = 0;

  function show(t) {
    root.classList.add("steps");
    steps.forEach((step, k) => {
      step.classList.toggle("later", k + 1 > t);
      step.classList.toggle("now", k + 1 === t);
    });
    slider.value = t;
    root.querySelector(".veil").setAttribute("x", Number(root.dataset.left) + t * root.dataset.gap);
    words.textContent = steps[t - 1].dataset.say;
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    words.setAttribute("aria-live", "polite");
    const atEnd = Number(slider.value) >= steps.length;
    if (atEnd) root.classList.remove("steps");  // the whole picture
    button.textContent = atEnd ? "Play" : "Go on";
  }

  function play() {
    if (Number(slider.value) >= steps.length) show(1);
    words.setAttribute("aria-live", "off");  // what moves by itself is not read out
    button.textContent = "Pause";
    timer = setInterval(() => {
      show(Number(slider.value) + 1);
      if (Number(slider.value) >= steps.length) stop();
    }, 1400);
  }

  button.addEventListener("click", () => timer ? stop() : play());
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); stop(); });
  root.classList.add("ready");
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) stop();
  else { show(1); play(); }
})();
