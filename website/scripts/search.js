/* The search page: sections that contain the words, each with its title, its page and the sentence. Sphinx's own script
   finds the pages; website/extensions/section_search.py has written the text of their sections. */
(() => {
  const MOST = 60, EXCERPT = 240;  // results; characters
  const HAN = /[\u3400-\u9fff]/;
  const taken = new Map();

  Search.take = (page, [title, sections]) => taken.set(page, {title, sections});

  const root = document.documentElement.dataset.content_root;
  const load = page => taken.has(page) ? Promise.resolve() : new Promise(done => {
    const script = document.createElement("script");
    script.src = `${root}search/${page}.js`;
    script.onload = script.onerror = done;
    document.head.append(script);
  });

  const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  /* What matches a word of the query: the word, or words with its stem. The stem of "memory" is "memori". */
  function pattern(word, stem) {
    const forms = [...new Set([word, stem, stem.replace(/i$/, "y")])].sort((a, b) => b.length - a.length);
    const start = HAN.test(word) ? "" : "(?<![\\p{L}\\p{N}])";
    return new RegExp(`${start}(?:${forms.map(escaped).join("|")})`, "giu");
  }

  const count = (text, one) => (text.match(one) || []).length;

  /* How well a section answers; 0 where one of the words is missing. */
  function score([, title, text], words, phrase) {
    if (!words.every(word => count(title, word) || count(text, word))) return 0;
    const inTitle = words.filter(word => count(title, word)).length / words.length;
    const exactly = new RegExp(`^${phrase.source}$`, "iu").test(title.trim());
    return 1 + 20 * exactly + 12 * !!count(title, phrase) + 6 * inTitle + 2 * Math.min(count(text, phrase), 4);
  }

  /* The sentence with the phrase or with most of the words, and another one for words that it lacks. */
  function excerpt(text, words, phrase) {
    const sentences = text.split(/\n|(?<=[.!?] )(?=\p{Lu})|(?<=[。！？])/u).filter(part => part.trim());
    const chosen = [];
    for (let missing = words; missing.length && sentences.length && chosen.length < 2;) {
      const worth = part => 10 * !!count(part, phrase) + missing.filter(word => count(part, word)).length;
      const best = sentences.reduce((a, b) => worth(b) > worth(a) ? b : a);
      if (chosen.length && !worth(best)) break;
      chosen.push(best);
      missing = missing.filter(word => !count(best, word));
    }
    return chosen.map(part => cut(part.trim(), words, EXCERPT / chosen.length)).join(" … ");
  }

  /* At most so many characters of a sentence, from shortly before the first of the words on. */
  function cut(sentence, words, most) {
    if (sentence.length <= most) return sentence;
    const at = Math.min(...words.map(word => sentence.search(word)).filter(k => k >= 0), sentence.length) - most / 3;
    const begin = at > 0 ? sentence.indexOf(" ", at) + 1 : 0;
    return (begin ? "… " : "") + sentence.slice(begin, begin + most).replace(/\s\S*$/, "") + " …";
  }

  /* The text as nodes, with the words marked. */
  function marked(text, words) {
    const any = new RegExp(words.map(word => word.source).join("|"), "giu"), parts = [];
    let from = 0;
    for (const match of text.matchAll(any)) {
      const mark = document.createElement("mark");
      mark.textContent = match[0];
      parts.push(text.slice(from, match.index), mark);
      from = match.index + match[0].length;
    }
    return [...parts, text.slice(from)];
  }

  const element = (name, ...content) => {
    const made = document.createElement(name);
    made.append(...content);
    return made;
  };

  function item({page, id, title, text, first}, words, phrase) {
    const link = element("a", ...marked(title, words));
    link.href = `${root}${page}${DOCUMENTATION_OPTIONS.LINK_SUFFIX}${first ? "" : `#${id}`}`;
    const made = element("li", link);
    if (!first) {
      made.append(element("p", SEARCH_WORDS.page.replace("{title}", taken.get(page).title)));
      made.lastChild.className = "where";
    }
    const sentence = excerpt(text, words, phrase);
    if (sentence) {
      made.append(element("p", ...marked(sentence, words)));
      made.lastChild.className = "context";
    }
    return made;
  }

  Search.query = async query => {
    const parsed = Search._parseQuery(query), stemmer = new Stemmer();
    localStorage.removeItem("sphinx_highlight_terms");  // no page marks the words of an earlier search
    const pages = [...new Set(Search._performSearch(...parsed).reverse().map(result => result[0]))];
    await Promise.all(pages.map(load));
    const words = [...parsed[3]].map(word => pattern(word, stemmer.stemWord(word)));
    const phrase = new RegExp(escaped(query.trim()).replace(/\s+/g, "\\s+"), "giu");
    const found = [];
    for (const [rank, page] of words.length ? pages.entries() : []) {
      const {title: name, sections} = taken.get(page) || {sections: []};
      for (const [k, section] of sections.entries()) {
        const points = score(section, words, phrase);
        const [id, title, text] = section;
        if (points) found.push({page, id, title: k ? title : name, text, first: !k, points: points - rank / 1000});
      }
    }
    found.sort((a, b) => b.points - a.points);
    Search.stopPulse();
    Search.title.textContent = document.title;
    Search.output.append(...found.slice(0, MOST).map(one => item(one, words, phrase)));
    const kept = new Set(found.map(one => one.page)).size;
    Search.status.textContent = !found.length ? SEARCH_WORDS.none
      : SEARCH_WORDS.some.replace("{sections}", found.length).replace("{pages}", kept);
    Search.status.setAttribute("role", "status");
  };
})();
