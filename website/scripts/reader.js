/* Keeps the reader's progress, the boxes that are ticked, in this browser's storage; it sends nothing anywhere. Without
   storage the boxes are hidden. It also shows the next hint when the reader has opened the one before. */
(() => {
  const KEY = "lstm-course", LARGEST = 5e6;  // bytes
  const all = selector => [...document.querySelectorAll(selector)];
  const isListOfNames = list => Array.isArray(list) && list.every(name => typeof name === "string");

  for (const hint of all("div.exercise details.sd-dropdown"))
    hint.addEventListener("toggle", () => hint.classList.add("opened"));

  let store = null;
  try {
    store = window.localStorage;
    store.setItem(KEY + "-probe", "1");
    store.removeItem(KEY + "-probe");
  } catch { store = null; }
  if (!store) {
    document.documentElement.classList.add("no-storage");
    return;
  }

  function load() {
    try {
      const kept = JSON.parse(store.getItem(KEY));
      if (isListOfNames(kept.solved) && isListOfNames(kept.read)) return {solved: new Set(kept.solved), read: new Set(kept.read)};
    } catch { /* the storage is empty, or another script has written it */ }
    return {solved: new Set(), read: new Set()};
  }

  const asText = state => JSON.stringify({course: KEY, solved: [...state.solved], read: [...state.read]});

  function draw() {
    const state = load();
    for (const box of all("input[data-exercise]")) box.checked = state.solved.has(box.dataset.exercise);
    for (const box of all("input[data-chapter]")) box.checked = state.read.has(box.dataset.chapter);
    for (const count of all("[data-count]")) count.textContent = state[count.dataset.count].size;
    for (const bar of all(".course-progress progress")) bar.value = state.solved.size;
  }

  function change(how) {
    const state = load();  // another tab may have changed it
    how(state);
    try {
      store.setItem(KEY, asText(state));
    } catch { say("This browser's storage is full: the change is not kept."); }
    draw();
  }

  const status = document.querySelector(".progress-panel [role=status]");
  const say = words => { if (status) status.textContent = words; };

  document.addEventListener("change", event => {
    const {exercise, chapter} = event.target.dataset || {};
    const name = exercise || chapter, kind = exercise ? "solved" : "read";
    if (name) change(state => state[kind][event.target.checked ? "add" : "delete"](name));
  });
  window.addEventListener("storage", draw);
  window.addEventListener("pageshow", draw);  // the browser may show a page of its history without loading it
  draw();

  const panel = document.querySelector(".progress-panel");
  if (!panel) return;
  const known = {solved: new Set(all("[data-exercise]").map(box => box.dataset.exercise)), read: new Set(all("[data-chapter]").map(box => box.dataset.chapter))};

  /* The names of solved exercises and read chapters in a file; null if it is neither a scorecard nor saved progress. */
  function parseProgress(text) {
    let data;
    try { data = JSON.parse(text); } catch { return null; }
    if (data && data.course === KEY && isListOfNames(data.solved) && isListOfNames(data.read)) return data;
    if (!data || !Array.isArray(data.exercises) || !data.exercises.length) return null;
    if (!data.exercises.every(e => e && typeof e.id === "string" && typeof e.status === "string")) return null;
    return {solved: data.exercises.filter(e => e.status === "passed").map(e => e.id), read: []};
  }

  async function take(file) {
    const data = file.size > LARGEST ? null : parseProgress(await file.text());
    if (!data) return say(`${file.name} is not a scorecard. Choose the file that make grade SCORECARD=card.json wrote, or progress that was saved here.`);
    let news = 0, strange = 0;
    change(state => {
      for (const kind of ["solved", "read"]) for (const name of data[kind]) {
        if (!known[kind].has(name)) strange++;
        else if (!state[kind].has(name)) { state[kind].add(name); news++; }
      }
    });
    say(`${file.name}: ${data.solved.length} solved, ${news} new here.` + (strange ? ` ${strange} not of this course, left out.` : ""));
  }

  panel.querySelector("input[type=file]").addEventListener("change", event => {
    const [file] = event.target.files;
    if (file) take(file).catch(() => say(`${file.name} cannot be read.`));
    event.target.value = "";  // the same file may be chosen again
  });
  panel.querySelector("[data-do=save]").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([asText(load()) + "\n"], {type: "application/json"}));
    link.download = "lstm-course-progress.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("Saved as lstm-course-progress.json.");
  });
  panel.querySelector("[data-do=forget]").addEventListener("click", () => {
    if (!confirm("Untick every exercise and chapter in this browser? Save your progress first if you may want it again.")) return;
    change(state => { state.solved.clear(); state.read.clear(); });
    say("All boxes are empty again.");
  });
})();
