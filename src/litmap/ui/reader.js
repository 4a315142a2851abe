// The reader of one paper: pictures of pages with the paper's words over them, so that they can be
// selected, copied and found, and so that what is cited can be looked up. All text of a paper is
// hostile: it reaches the page as textContent alone.

const readers = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lr");
  let reader = readers.get(root);
  if (!reader || reader.file !== data.file) {
    reader = new Reader(root, data);
    readers.set(root, reader);
  }
  reader.send = setTriggerValue;
  reader.update(data);
}

const FONT_SHARE = 0.82; // of a line's height
const AHEAD = "120% 0px"; // pages drawn before they come into sight
const RETRIES = 5;
const RETRY_MS = 4000;
const MIN_QUERY = 2;
const HIGHLIGHTS = globalThis.CSS?.highlights;

function make(tag, name, text, attributes = {}) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function button(text, label, act) {
  const node = make("button", "", text, { type: "button", title: label, "aria-label": label });
  node.addEventListener("click", act);
  return node;
}

// A text in which cases and accents do not count; as long as it was.
function fold(text) {
  let folded = "";
  for (const sign of text.split("")) {
    const plain = sign < "\u0080" ? sign.toLowerCase() : sign.normalize("NFD")[0].toLowerCase();
    folded += plain.length === 1 ? plain : sign;
  }
  return folded.replace(/\s/g, " ");
}

let canvas = null;
function widthOf(text) {
  canvas ??= document.createElement("canvas").getContext("2d");
  canvas.font = "100px sans-serif";
  return canvas.measureText(text).width / 100;
}

class Reader {
  constructor(root, data) {
    Object.assign(this, { root, file: data.file, pages: data.pages, page: 0, asked: null });
    Object.assign(this, { leaves: [], text: null, cited: null, hits: [], hit: -1, backs: [] });
    this.build(data);
    this.load();
  }

  // ── the frame ───────────────────────────────────────────────────────────────────────────────
  build(data) {
    this.root.replaceChildren();
    this.field = make("input", "lr-page", "", {
      type: "number", min: 1, max: this.pages, "aria-label": "Page", inputmode: "numeric",
    });
    this.field.addEventListener("change", () => this.go(Number(this.field.value) || 1));
    this.box = make("input", "lr-find", "", {
      type: "search", placeholder: "Find in this paper", "aria-label": "Find in this paper",
    });
    this.box.addEventListener("input", () => this.find());
    this.box.addEventListener("keydown", (event) => this.inBox(event));
    this.said = make("div", "lr-said", "", { role: "status", "aria-live": "polite" });
    this.back = button("↩", "Back to where you were", () => this.goBack());
    this.back.append(make("span", "lr-roomy", " Back"));
    this.back.hidden = true;
    const here = button("Cited", "What this page cites", () => this.showPage());
    here.append(make("span", "lr-roomy", " here"));
    const wide = button("Wide", "Fill the screen", () => this.fill());
    this.bar = make("div", "lr-bar", "", { role: "toolbar", "aria-label": "Reading" });
    const group = (name, ...parts) => {
      this.bar.append(make("div", name));
      this.bar.lastChild.append(...parts);
    };
    group(
      "lr-turn", button("‹", "Page before", () => this.go(this.page - 1)), this.field,
      make("span", "", `of ${this.pages}`), button("›", "Next page", () => this.go(this.page + 1)),
    );
    group(
      "lr-search", this.box, button("↑", "Hit before", () => this.step(-1)),
      button("↓", "Next hit", () => this.step(1)),
    );
    group("lr-more", this.back, here, wide);
    this.scroller = make("div", "lr-pages", "", {
      tabindex: 0, role: "region", "aria-label": `Pages of ${data.title}`,
    });
    this.scroller.addEventListener("keydown", (event) => this.onKey(event));
    this.scroller.addEventListener("copy", (event) => this.copy(event));
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.panel = make("section", "lr-panel", "", { "aria-label": "What is cited", tabindex: -1 });
    this.panel.hidden = true;
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.root.append(this.bar, this.said, this.scroller, this.panel);
    this.near = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.draw(target.at);
    }, { root: this.scroller, rootMargin: AHEAD });
    for (let at = 0; at < this.pages; at++) this.addLeaf(at);
  }

  addLeaf(at) {
    const node = make("div", "lr-leaf", "", { role: "group", "aria-label": `Page ${at + 1}` });
    node.style.aspectRatio = "17 / 22";
    node.at = at;
    node.append(make("span", "lr-number", `${at + 1}`, { "aria-hidden": "true" }));
    this.leaves.push({ node, layer: null, blocks: [], lit: [] });
    this.scroller.append(node);
    this.near.observe(node);
  }

  async load() {
    this.text = await this.ask("text.json");
    if (!this.text) return;
    for (const page of this.text.pages) {
      const leaf = this.leaves[page.number - 1];
      if (leaf && page.width > 0 && page.height > 0) {
        leaf.node.style.aspectRatio = `${page.width} / ${page.height}`;
        leaf.data = page;
      }
    }
    if (this.page > 1) this.go(this.page);
    this.leaves.forEach((leaf, at) => leaf.image && this.layText(at));
    this.index();
    if (!this.flow.trim()) this.say("This PDF has no text to select.");
    this.cited = await this.ask("cited.json");
    if (!this.cited) return;
    for (const mark of this.cited.marks) (this.leaves[mark[0] - 1].marks ??= []).push(mark);
    this.leaves.forEach((leaf, at) => leaf.layer && this.layText(at));
    this.root.dataset.ready = "true";
  }

  async ask(name) {
    try {
      const answer = await fetch(`${this.file}/${name}`, { credentials: "same-origin" });
      const content = await answer.json();
      if (answer.ok) return content;
      this.say(content.error ?? "The text cannot be read.");
    } catch {
      this.say("The text cannot be read now.");
    }
    return null;
  }

  // What Python asks for; the same wish is granted once.
  update({ ask, inbox }) {
    this.inbox = inbox;
    const wish = JSON.stringify(ask);
    if (wish === this.asked) return;
    const first = this.asked === null;
    this.asked = wish;
    this.lit = ask.rects ?? [];
    this.leaves.forEach((_, at) => this.light(at));
    if (!first || ask.page > 1) this.go(ask.page, ask.rects?.[0]?.[2]);
    else this.arrive(1);
  }

  // ── pages ───────────────────────────────────────────────────────────────────────────────────
  draw(at) {
    const leaf = this.leaves[at];
    if (leaf.image) return;
    leaf.image = make("img", "", "", { alt: `Page ${at + 1}`, draggable: "false" });
    this.fetchPicture(leaf.image, `${this.file}/${at + 1}.png`, RETRIES);
    leaf.node.prepend(leaf.image);
    if (this.text) this.layText(at);
    this.light(at);
  }

  // A server that draws other pages is asked again.
  fetchPicture(image, address, retries) {
    image.onerror = () => {
      if (retries > 0 && image.isConnected)
        setTimeout(() => this.fetchPicture(image, address, retries - 1), RETRY_MS);
    };
    image.src = `${address}${retries < RETRIES ? `?again=${retries}` : ""}`;
  }

  layText(at) {
    const leaf = this.leaves[at];
    if (!leaf.data) return;
    leaf.layer?.remove();
    leaf.layer = make("div", "lr-text");
    leaf.blocks = leaf.data.blocks.map((block, number) => this.layBlock(leaf, block, number));
    leaf.node.append(leaf.layer);
    this.markHits();
  }

  layBlock(leaf, [, continues, lines], number) {
    const node = make("div", "lr-block");
    if (continues) node.dataset.continues = "";
    const marks = (leaf.marks ?? []).filter((mark) => mark[1] === number);
    const pieces = [];
    let start = 0;
    for (const line of lines) {
      node.append(this.layLine(leaf.data, line, start, marks, pieces));
      start += line[0].length;
    }
    leaf.layer.append(node);
    return pieces;
  }

  layLine({ width }, [text, x0, y0, x1, y1], start, marks, pieces) {
    const node = make("span", "lr-line");
    const down = y1 - y0 > 3 * (x1 - x0) && text.length > 3;
    const [along, across] = down ? [y1 - y0, x1 - x0] : [x1 - x0, y1 - y0];
    const size = Math.max(across * FONT_SHARE, 1);
    const stretch = along / (widthOf(text.trimEnd()) * size || along || 1);
    const part = (points) => `${(100 * points) / width}cqw`;
    Object.assign(node.style, {
      left: part(x0), top: part(y0), fontSize: part(size), lineHeight: part(across),
      writingMode: down ? "vertical-rl" : "horizontal-tb",
      transform: down ? `scaleY(${stretch})` : `scaleX(${stretch})`,
    });
    let done = 0;
    for (const [, , from, to, entries] of marks) {
      const [a, b] = [Math.max(from - start, done), Math.min(to - start, text.length)];
      if (a >= b) continue;
      this.addText(node, text.slice(done, a), start + done, pieces);
      const link = make("a", "lr-cite", "", { href: "#", role: "button" });
      link.addEventListener("click", (event) => this.onCite(event, entries));
      this.addText(link, text.slice(a, b), start + a, pieces);
      node.append(link);
      done = b;
    }
    this.addText(node, text.slice(done), start + done, pieces);
    return node;
  }

  addText(node, text, start, pieces) {
    if (!text) return;
    const child = document.createTextNode(text);
    node.append(child);
    pieces.push({ node: child, start, end: start + text.length });
  }

  // The lines that Python wants to be seen.
  light(at) {
    const leaf = this.leaves[at];
    leaf.lit.forEach((node) => node.remove());
    leaf.lit = [];
    if (!leaf.data && !this.text) return void (this.text ?? setTimeout(() => this.light(at), 200));
    const { width, height } = leaf.data ?? {};
    for (const [page, x0, y0, x1, y1] of width ? this.lit : []) {
      if (page !== at + 1) continue;
      const node = make("div", "lr-lit");
      Object.assign(node.style, {
        left: `${(100 * x0) / width}%`, top: `${(100 * y0) / height}%`,
        width: `${(100 * (x1 - x0)) / width}%`, height: `${(100 * (y1 - y0)) / height}%`,
      });
      leaf.node.append(node);
      leaf.lit.push(node);
    }
  }

  go(page, y = 0) {
    page = Math.min(Math.max(page, 1), this.pages);
    const { node, data } = this.leaves[page - 1];
    const down = data ? (y / data.height) * node.clientHeight : 0;
    this.scroller.scrollTop = node.offsetTop - 8 + Math.max(0, down - this.scroller.clientHeight / 3);
    this.draw(page - 1);
    this.arrive(page);
  }

  onScroll() {
    const middle = this.scroller.scrollTop + this.scroller.clientHeight / 3;
    let at = this.leaves.findIndex(({ node }) => node.offsetTop + node.clientHeight > middle);
    if (at < 0) at = this.pages - 1;
    if (at + 1 !== this.page) this.arrive(at + 1);
  }

  // The page is the current one; the address says so.
  arrive(page) {
    this.page = page;
    if (document.activeElement !== this.field) this.field.value = page;
    const address = new URL(location.href);
    if (page > 1) address.searchParams.set("page", page);
    else address.searchParams.delete("page");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  copy(event) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const cut = selection.getRangeAt(0).cloneContents();
    const blocks = [...cut.querySelectorAll(".lr-block")];
    let text = blocks.length ? "" : cut.textContent;
    for (const block of blocks) {
      if (text) text += "continues" in block.dataset ? (/[-\s]$/.test(text) ? "" : " ") : "\n\n";
      text += block.textContent;
    }
    event.clipboardData.setData("text/plain", text.replace(/[^\S\n]+/g, " ").trim());
    event.preventDefault();
  }

  say(text) {
    this.said.textContent = text;
  }

  // ── find ────────────────────────────────────────────────────────────────────────────────────
  // All text in its order as one; paragraphs are parted by a line end, which no query has.
  index() {
    this.parts = [];
    let flow = "";
    for (const page of this.text.pages) {
      page.blocks.forEach(([, continues, lines], block) => {
        if (flow) flow += continues ? (/[-\s]$/.test(flow) ? "" : " ") : "\u0000";
        this.parts.push({ page: page.number, block, start: flow.length });
        for (const line of lines) flow += line[0];
      });
    }
    this.flow = fold(flow);
    if (this.box.value) this.find();
  }

  find() {
    const query = fold(this.box.value).trim().replace(/ +/g, " ");
    this.hits = [];
    this.hit = -1;
    if (this.text && query.length >= MIN_QUERY) {
      for (let at = this.flow.indexOf(query); at >= 0; at = this.flow.indexOf(query, at + query.length))
        this.hits.push(this.placeOf(at, at + query.length));
      const first = this.hits.findIndex((hit) => hit[0].page >= this.page);
      if (this.hits.length) return this.show(Math.max(first, 0));
    }
    this.markHits();
    this.say(query.length >= MIN_QUERY ? "Not found" : "");
  }

  // The stretches of blocks that a stretch of the flow lies in.
  placeOf(start, end) {
    let low = 0;
    for (let high = this.parts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.parts[middle].start <= start) low = middle;
      else high = middle;
    }
    const places = [];
    for (let at = low; at < this.parts.length && this.parts[at].start < end; at++) {
      const { page, block, start: base } = this.parts[at];
      places.push({ page, block, start: Math.max(start - base, 0), end: end - base });
    }
    return places;
  }

  step(by) {
    if (this.hits.length) this.show((this.hit + by + this.hits.length) % this.hits.length);
  }

  show(at) {
    this.hit = at;
    const [{ page, block, start }] = this.hits[at];
    this.say(`${at + 1} of ${this.hits.length}, page ${page}`);
    this.toText(page, block, start);
    this.markHits();
  }

  // Scroll to an offset of a block.
  toText(page, block, offset) {
    const lines = this.leaves[page - 1]?.data?.blocks[block]?.[2] ?? [];
    let start = 0;
    for (const [text, , y0] of lines) {
      if (offset < start + text.length) return this.go(page, y0);
      start += text.length;
    }
    this.go(page);
  }

  markHits() {
    if (!HIGHLIGHTS) return;
    const ranges = this.hits.map((hit) => hit.flatMap((place) => this.rangesOf(place)));
    const now = ranges[this.hit] ?? [];
    HIGHLIGHTS.set("litmap-found", new Highlight(...ranges.flat()));
    HIGHLIGHTS.set("litmap-now", new Highlight(...now));
  }

  rangesOf({ page, block, start, end }) {
    const ranges = [];
    for (const piece of this.leaves[page - 1].blocks[block] ?? []) {
      const [a, b] = [Math.max(start, piece.start), Math.min(end, piece.end)];
      if (a >= b) continue;
      const range = new Range();
      range.setStart(piece.node, a - piece.start);
      range.setEnd(piece.node, b - piece.start);
      ranges.push(range);
    }
    return ranges;
  }

  inBox(event) {
    if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      this.box.value = "";
      this.find();
      this.scroller.focus();
    }
    event.stopPropagation();
  }

  onKey(event) {
    const finds = event.key === "/" || ((event.ctrlKey || event.metaKey) && event.key === "f");
    if (finds) {
      this.box.focus();
      this.box.select();
    } else if (event.key === "ArrowRight") this.go(this.page + 1);
    else if (event.key === "ArrowLeft") this.go(this.page - 1);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ── what is cited ───────────────────────────────────────────────────────────────────────────
  onCite(event, entries) {
    event.preventDefault();
    if (!getSelection().isCollapsed) return; // words are being selected
    this.open(entries.length > 1 ? "Works cited here" : "The work cited here", entries);
  }

  showPage() {
    const marks = this.leaves[this.page - 1].marks ?? [];
    const entries = [...new Set(marks.flatMap((mark) => mark[4]))];
    this.open(`Cited on page ${this.page}`, entries);
  }

  open(title, entries) {
    const head = make("header");
    head.append(make("h3", "", title), button("✕", "Close", () => this.close()));
    this.panel.replaceChildren(head);
    for (const at of entries) this.panel.append(this.entry(this.cited.entries[at], at));
    if (!entries.length) this.panel.append(make("p", "", this.nothing()));
    this.panel.hidden = false;
    this.cameFrom = document.activeElement;
    this.panel.focus();
  }

  nothing() {
    if (!this.cited) return "The reference list is still being read.";
    if (!this.cited.entries.length) return "No reference list was found in this paper.";
    return "Nothing of the reference list is cited on this page.";
  }

  close() {
    this.panel.hidden = true;
    if (this.panel.contains(document.activeElement) || document.activeElement === document.body)
      (this.cameFrom?.isConnected ? this.cameFrom : this.scroller).focus();
  }

  entry(entry, at) {
    const node = make("article", "lr-entry");
    const number = entry.number ? `[${entry.number}] ` : "";
    node.append(make("p", "lr-title", number + entry.title));
    if (entry.byline) node.append(make("p", "lr-quiet", entry.byline));
    const row = make("div", "lr-row");
    if (entry.work) {
      const link = make("a", "", `In your library (${entry.status})`, {
        href: `paper?work=${encodeURIComponent(entry.work)}`,
      });
      link.addEventListener("click", (event) => this.leave(event, entry.work));
      row.append(link);
    } else row.append(make("span", "lr-quiet", "Not in your library"));
    row.append(button("To the reference", "Show it in the reference list", () => this.toEntry(entry)));
    if (!entry.work && this.inbox) row.append(this.taking(at));
    for (const [name, url] of entry.links) {
      if (!/^https?:\/\//.test(url)) continue;
      row.append(make("a", "", name, { href: url, target: "_blank", rel: "noopener noreferrer" }));
    }
    node.append(row);
    const places = this.pagesCiting(at);
    if (places.length) node.append(places[0]);
    return node;
  }

  taking(at) {
    const take = button("Into my inbox note", `Writes one line to the end of ${this.inbox}`, () => {
      take.disabled = true;
      this.send("take", at);
    });
    return take;
  }

  pagesCiting(entry) {
    const pages = new Map();
    for (const mark of this.cited.marks)
      if (mark[4].includes(entry) && !pages.has(mark[0])) pages.set(mark[0], mark);
    if (!pages.size) return [];
    const row = make("div", "lr-row lr-quiet", "Cited on page");
    for (const [page, mark] of pages)
      row.append(button(`${page}`, `Cited on page ${page}`, () => this.jump(page, mark[1], mark[2])));
    return [row];
  }

  leave(event, work) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
    event.preventDefault();
    this.send("open", work);
  }

  toEntry(entry) {
    this.jump(entry.page || this.pages, entry.block, entry.start);
  }

  // Go somewhere, to come back from there.
  jump(page, block, start) {
    this.backs.push([this.scroller.scrollTop, this.page]);
    this.back.hidden = false;
    this.close();
    this.toText(page, block, start);
    this.flash(page, block, start);
    this.scroller.focus({ preventScroll: true });
  }

  flash(page, block, start) {
    const lines = this.leaves[page - 1]?.data?.blocks[block]?.[2] ?? [];
    let at = 0;
    for (const [text, x0, y0, x1, y1] of lines) {
      if (start < at + text.length) {
        this.lit = [[page, x0, y0, x1, y1]];
        break;
      }
      at += text.length;
    }
    this.leaves.forEach((_, leaf) => this.light(leaf));
  }

  goBack() {
    const [top, page] = this.backs.pop();
    this.scroller.scrollTop = top;
    this.arrive(page);
    this.back.hidden = !this.backs.length;
    this.scroller.focus({ preventScroll: true });
  }
}
