// The map of papers, drawn on a canvas: one script for the exported page (which holds it) and for
// the app (which mounts it as a component). Texts of papers are only ever text: they are drawn or
// set as textContent, never read as markup.

/**
 * @typedef {object} Dot A paper.
 * @property {string} id
 * @property {string} t Its title.
 * @property {string} b Its byline: authors, year, venue.
 * @property {string} n Its short name, "Keskar 2016".
 * @property {string} u A web address, or "".
 * @property {number} x
 * @property {number} y Grows upwards.
 * @property {number} h Row of its heading, -1 for none.
 * @property {number} [s] 1 where only its text says so.
 * @property {number} [p] How likely the suggested heading is, in per cent.
 * @property {number} [c] Row of the emergent topic it belongs to.
 * @property {number} [y4] Its year.
 * @property {number} [st] Row of its status.
 * @property {number} [no] Row of the note that cites it first.
 * @property {number} [new] 1 where the last refresh brought it.
 *
 * @typedef {object} Box Left, top, right and bottom in units of a sheet.
 * @property {number} l
 * @property {number} t
 * @property {number} r
 * @property {number} b
 *
 * A sheet is the map at one zoom: a dot stands at (x * k, -y * k). The view is where the sheet's
 * origin stands on the canvas.
 */

const FACE = 'system-ui, "Helvetica Neue", Arial, "Noto Sans", sans-serif';
const HIT_REACH = 14; // pixels from a dot within which a click means it
const MAX_ZOOM = 120;
const THEMES_UNTIL = 3; // zoom up to which themes are named
const HEADINGS_FROM = 1.3; // zoom from which headings are named, too, where there are several themes
const AREA_OF_HEADING = 24000; // square pixels of map for the name of one heading, twice as many beside themes
const AREA_OF_PAPER = 7000;
const MANY_DOTS = 600; // in view: among fewer no name covers a dot, as there is room somewhere
const MOST_COVERED = 1.5; // what covering dots may cost the name of a region among many
const AIR = 2; // pixels between a name and the dots beside it
const SPACING_OF_NAMES = [64, 110]; // mean pixels between dots: papers' names begin, all are tried
const MAX_LISTED = 200; // rows shown before one asks for more
const YEAR_COLOURS = [
  "#3B528B", "#31688E", "#26828E", "#1F9E89", "#35B779", "#8FBC2F", "#D9A91A", "#E8731F",
];
const CITES = "#0072B2";
const CITED_BY = "#D55E00";

/** An element with a text, which is never markup. */
function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** A button that calls `press`. */
function makeButton(text, press, title) {
  const button = make("button", text);
  button.type = "button";
  if (title) button.title = title;
  button.addEventListener("click", press);
  return button;
}

const folded = (s) => s.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const counted = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

/** Boxes that are taken, in a grid, so that asking for a free place costs the same on any map. */
class TakenBoxes {
  constructor(cell = 80) {
    this.cell = cell;
    this.cells = new Map();
  }

  /** Whether nothing lies in the box. */
  isFree(box) {
    return !this.some(box, (o) => box.l < o.r && o.l < box.r && box.t < o.b && o.t < box.b);
  }

  add(box) {
    this.some(box, (_, key) => {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
      return false;
    }, true);
  }

  some(box, test, cellsOnly = false) {
    const { cell, cells } = this;
    for (let i = Math.floor(box.l / cell); i <= Math.floor(box.r / cell); i++) {
      for (let j = Math.floor(box.t / cell); j <= Math.floor(box.b / cell); j++) {
        const key = i * 1048576 + j;
        if (cellsOnly) test(null, key);
        else if ((cells.get(key) || []).some((o) => test(o, key))) return true;
      }
    }
    return false;
  }
}

/** Dots by place: those in a box are found without looking at all. */
class DotGrid {
  constructor(dots) {
    const low = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
    const xs = dots.map((d) => d.x);
    const ys = dots.map((d) => d.y);
    this.dots = dots;
    this.box = dots.length
      ? { l: low(xs), t: low(ys), r: high(xs), b: high(ys) }
      : { l: -1, t: -1, r: 1, b: 1 };
    this.side = Math.max(1, Math.ceil(Math.sqrt(dots.length / 3)));
    this.cellX = Math.max(this.box.r - this.box.l, 1e-9) / this.side;
    this.cellY = Math.max(this.box.b - this.box.t, 1e-9) / this.side;
    this.starts = new Int32Array(this.side * this.side + 1);
    const cells = dots.map((d) => this.row(d.y) * this.side + this.column(d.x));
    for (const cell of cells) this.starts[cell + 1]++;
    for (let i = 1; i < this.starts.length; i++) this.starts[i] += this.starts[i - 1];
    const next = this.starts.slice();
    this.items = new Int32Array(dots.length);
    cells.forEach((cell, i) => { this.items[next[cell]++] = i; });
  }

  column(x) { return clamp(Math.floor((x - this.box.l) / this.cellX), 0, this.side - 1); }

  row(y) { return clamp(Math.floor((y - this.box.t) / this.cellY), 0, this.side - 1); }

  /** Calls `visit` with each dot in the box, which is in the map's own units, until it returns true. */
  within(l, t, r, b, visit) {
    for (let j = this.row(t); j <= this.row(b); j++) {
      const from = this.starts[j * this.side + this.column(l)];
      const to = this.starts[j * this.side + this.column(r) + 1];
      for (let k = from; k < to; k++) {
        const i = this.items[k];
        const d = this.dots[i];
        if (d.x >= l && d.x <= r && d.y >= t && d.y <= b && visit(i)) return;
      }
    }
  }
}

/** What the map shows: dots, groups of one colour, and which of them are hidden, dim or lit. */
class MapModel {
  constructor(data) {
    this.data = data;
    this.dots = data.dots;
    this.grid = new DotGrid(this.dots);
    this.cites = this.dots.map(() => []);
    this.citedBy = this.dots.map(() => []);
    for (const [a, b] of data.links) {
      this.cites[a].push(b);
      this.citedBy[b].push(a);
    }
    this.row = new Map(this.dots.map((d, i) => [d.id, i]));
    this.years = this.knownYears();
    this.range = this.years.slice();
    this.hits = null;
    this.focus = null;
    this.onlyNew = false;
    this.version = 0;
    this.state = new Uint8Array(this.dots.length);
    this.colourBy("heading");
  }

  knownYears() {
    const years = this.dots.map((d) => d.y4).filter(Boolean);
    return years.length ? [Math.min(...new Set(years)), Math.max(...new Set(years))] : [0, 0];
  }

  /** Ways to colour that tell anything on this map: [key, what a reader sees]. */
  colourings() {
    const { data } = this;
    const found = [["heading", "heading"]];
    if (data.themes.length > 1) found.push(["theme", "theme"]);
    if (this.years[0] < this.years[1]) found.push(["year", "year"]);
    if (data.statuses.length > 1) found.push(["status", "status"]);
    if (data.notes.length > 1) found.push(["note", "note"]);
    return found;
  }

  /** Puts each dot into a group of one colour and shape. */
  colourBy(mode) {
    this.mode = mode;
    this.focus = null;
    const groups = { heading: () => this.byHeading(), year: () => this.byYear(),
      theme: () => this.byList(this.data.themes, (d) => (d.h < 0 ? -1 : this.data.headings[d.h].theme)),
      status: () => this.byList(this.data.statuses, (d) => d.st ?? -1),
      note: () => this.byList(this.data.notes, (d) => d.no ?? -1) }[mode]();
    groups.list.push({ label: groups.none || "unknown", colour: this.data.none, shape: "circle" });
    this.groups = groups.list;
    this.groupOf = Int32Array.from(groups.of, (g) => (g < 0 ? groups.list.length - 1 : g));
    this.refilter();
  }

  byHeading() {
    const list = this.data.headings.map((h) => ({
      label: h.path[h.path.length - 1], above: h.path.slice(0, -1).join(" › "),
      colour: h.colour, shape: h.shape,
    }));
    return { list, of: this.dots.map((d) => d.h), none: "under no heading" };
  }

  byYear() {
    const [first, last] = this.years;
    const bins = Math.min(YEAR_COLOURS.length, last - first + 1);
    const edge = (i) => first + Math.ceil((i * (last - first + 1)) / bins);
    const list = [...Array(bins).keys()].map((i) => {
      const [from, to] = [edge(i), edge(i + 1) - 1];
      const colour = YEAR_COLOURS[Math.round((i * (YEAR_COLOURS.length - 1)) / Math.max(1, bins - 1))];
      return { label: from === to ? `${from}` : `${from}–${to}`, colour, shape: "circle" };
    });
    const bin = (year) => [...Array(bins).keys()].findIndex((i) => year < edge(i + 1));
    return { list, of: this.dots.map((d) => (d.y4 ? bin(d.y4) : -1)), none: "year unknown" };
  }

  byList(labels, rowOf) {
    const { colours, shapes } = this.data;
    const list = labels.map((label, i) => ({
      label, colour: colours[i % colours.length],
      shape: shapes[Math.floor(i / colours.length) % shapes.length],
    }));
    return { list, of: this.dots.map(rowOf) };
  }

  /** Lights the dots of these groups alone; null lights all. */
  focusOn(groups) {
    this.focus = groups && groups.size ? groups : null;
    this.refilter();
  }

  showYears(from, to) {
    this.range = [Math.min(from, to), Math.max(from, to)];
    this.refilter();
  }

  /** Lights these rows alone; null lights all. */
  lightHits(rows) {
    this.hits = rows;
    this.refilter();
  }

  lightNew(only) {
    this.onlyNew = only;
    this.refilter();
  }

  refilter() {
    const isWhole = this.range[0] <= this.years[0] && this.range[1] >= this.years[1];
    this.dots.forEach((d, i) => {
      const inYears = isWhole || (d.y4 >= this.range[0] && d.y4 <= this.range[1]);
      this.state[i] = inYears ? (this.isBroughtOut(d, i) ? 2 : 1) : 0;
    });
    this.buckets = null;
    this.version++;
  }

  isBroughtOut(d, i) {
    return (this.hits === null || this.hits.has(i)) && (!this.onlyNew || Boolean(d.new))
      && (this.focus === null || this.focus.has(this.groupOf[i]));
  }

  isLit(i) { return this.state[i] === 2; }

  /** Rows that are lit, in the reading order of the notes. */
  lit() {
    const rows = [];
    for (let i = 0; i < this.dots.length; i++) if (this.state[i] === 2) rows.push(i);
    return rows;
  }

  /** Dots that look alike, those that are lit last, so that none of the others lies on them. */
  looks() {
    if (this.buckets) return this.buckets;
    const made = new Map();
    this.dots.forEach((d, i) => {
      if (!this.state[i]) return;
      const hollow = Boolean(d.s) && this.mode === "heading";
      const key = (this.state[i] === 2 ? 1e6 : 0) + this.groupOf[i] * 2 + Number(hollow);
      if (!made.has(key)) made.set(key, { lit: this.state[i] === 2, hollow, group: this.groups[this.groupOf[i]], rows: [] });
      made.get(key).rows.push(i);
    });
    this.buckets = [...made.entries()].sort((a, b) => a[0] - b[0]).map(([, look]) => look);
    return this.buckets;
  }

  /** Whether a region is to be seen while some headings are brought out. */
  hasRegion(region) {
    return this.mode !== "heading" || this.focus === null || this.focus.has(region.h);
  }

  /** Why a paper stands where it does, in a sentence. */
  why(d) {
    if (d.h < 0) {
      const topic = d.c === undefined ? "" : `; closest to “${this.data.clusters[d.c]}”`;
      return `Its text fits none of your headings${topic}.`;
    }
    const path = this.data.headings[d.h].path.join(" › ");
    if (!d.s) return `You filed it under ${path}.`;
    return d.p === undefined ? `Its text fits ${path}.` : `Its text fits ${path} (${d.p} % sure).`;
  }
}

/** Places the names of themes, headings and papers at one zoom, none over another. */
class NamePlacer {
  /**
   * @param {MapModel} model
   * @param {number} k Pixels for one unit of the map.
   * @param {number} zoom How many times the whole map that is.
   * @param {Box} box The part of the sheet to name things in.
   * @param {Box} bounds What names of regions keep to: the whole map with its margin.
   * @param {number} spacing Mean pixels between lit dots, were they spread over the whole map.
   * @param {number} radius That of a dot.
   * @param {(text: string, font: string) => number} measure
   */
  constructor(model, k, zoom, box, bounds, spacing, radius, measure) {
    Object.assign(this, { model, k, zoom, box, bounds, spacing, radius, measure });
    this.taken = new TakenBoxes();
    this.rows = [];
    model.grid.within(box.l / k, -box.b / k, box.r / k, -box.t / k, (i) => {
      if (model.isLit(i)) this.rows.push(i);
    });
    this.isCrowded = this.rows.length > MANY_DOTS;
  }

  /** How many lit dots a name in the box would lie on, counted up to `enough`; not that of row `own`. */
  covered(box, enough, own = -1) {
    const { k, model } = this;
    const edge = this.radius + AIR;
    let count = 0;
    model.grid.within((box.l - edge) / k, -(box.b + edge) / k, (box.r + edge) / k, -(box.t - edge) / k, (i) => {
      return i !== own && model.isLit(i) && ++count >= enough;
    });
    return count;
  }

  /** All names; `first` are rows of papers that have the first choice. */
  place(first) {
    const area = (this.box.r - this.box.l) * (this.box.b - this.box.t);
    const names = first.map((i) => this.paperName(i, true));
    names.push(...this.regionNames(area));
    names.push(...this.paperRows(area, new Set(first)).map((i) => this.paperName(i, false)));
    return names.filter(Boolean);
  }

  regionNames(area) {
    const { k, box, model } = this;
    const inside = model.data.regions.filter((g) => model.hasRegion(g)
      && g.at[0] * k > box.l && g.at[0] * k < box.r && -g.at[1] * k > box.t && -g.at[1] * k < box.b);
    const bySize = (a, b) => b.count - a.count;
    const themes = this.zoom <= THEMES_UNTIL ? inside.filter((g) => g.level === 0).sort(bySize) : [];
    const most = Math.max(6, area / (themes.length ? 2 * AREA_OF_HEADING : AREA_OF_HEADING));
    const hasThemesAlone = themes.length > 1 && this.zoom < HEADINGS_FROM;
    const headings = hasThemesAlone ? [] : inside.filter((g) => g.level > 0).sort(bySize).slice(0, most);
    return [...themes, ...headings].map((g) => this.regionName(g));
  }

  regionName(region) {
    const size = region.level === 0 ? 15 : 12 + Math.min(2, region.count / 12);
    const font = `${region.level === 2 ? "italic 500" : "600"} ${size}px ${FACE}`;
    const wide = this.measure(region.label, font) / 2 + 4;
    const [cx, cy] = [region.at[0] * this.k, -region.at[1] * this.k];
    let best = null;
    for (const [dx, dy, way] of NamePlacer.spiral) {
      if (best && way >= best.cost) break;
      const [x, y] = [cx + dx * size * 1.6, cy + dy * size * 0.8];
      const box = { l: x - wide, t: y - size * 0.66, r: x + wide, b: y + size * 0.66 };
      if (!this.isInBounds(box) || !this.taken.isFree(box)) continue;
      const covered = this.covered(box, this.isCrowded ? MOST_COVERED : 1);
      if (covered && !this.isCrowded) continue;
      const cost = way + Math.min(covered, MOST_COVERED);
      if (!best || cost < best.cost) best = { cost, x, y, box };
    }
    if (!best) return null;
    this.taken.add(best.box);
    const kind = region.level === 0 ? "theme" : "heading";
    const line = region.level === 0 ? null : this.leader(region, best.box);
    return { kind, text: region.label, font, x: best.x, y: best.y, box: best.box, line, region };
  }

  isInBounds(box) {
    const { bounds } = this;
    return box.l >= bounds.l && box.r <= bounds.r && box.t >= bounds.t && box.b <= bounds.b;
  }

  /** A line from a name to the nearest corner of its region, where it does not stand beside it. */
  leader(region, box) {
    let best = null;
    const corners = region.patches.flat();
    for (const p of corners.length ? corners : [region.at]) {
      const [x, y] = [p[0] * this.k, -p[1] * this.k];
      const [fx, fy] = [clamp(x, box.l, box.r), clamp(y, box.t, box.b)];
      const far = Math.hypot(x - fx, y - fy);
      if (!best || far < best[4]) best = [x, y, fx, fy, far];
    }
    return best && best[4] > 26 ? best : null;
  }

  /** Rows of papers to name: the nearer one looks the more, the most cited first. */
  paperRows(area, without) {
    const [none, all] = SPACING_OF_NAMES;
    const share = clamp((this.spacing - none) / (all - none), 0, 1);
    const { citedBy } = this.model;
    return this.rows.filter((i) => !without.has(i))
      .sort((a, b) => citedBy[b].length - citedBy[a].length || a - b)
      .slice(0, Math.round((share * area) / AREA_OF_PAPER));
  }

  paperName(i, must) {
    const d = this.model.dots[i];
    if (!d.n) return null;
    const font = `${must ? "600 " : ""}11.5px ${FACE}`;
    const wide = this.measure(d.n, font) + 4;
    const [x, y, r] = [d.x * this.k, -d.y * this.k, this.radius + 3];
    const [side, slant] = [r + wide / 2, 0.7 * r + wide / 2];
    const places = [[side, 0], [-side, 0], [0, r + 8], [0, -r - 8],
      [slant, 0.7 * r + 8], [-slant, 0.7 * r + 8], [slant, -0.7 * r - 8], [-slant, -0.7 * r - 8]];
    let best = null;
    for (const [dx, dy] of places) {
      const box = { l: x + dx - wide / 2, t: y + dy - 8, r: x + dx + wide / 2, b: y + dy + 8 };
      if (!this.isInBounds(box) || !this.taken.isFree(box)) continue;
      const cost = this.covered(box, must ? Infinity : 1, i);
      if (!best || cost < best.cost) best = { cost, x: x + dx, y: y + dy, box };
    }
    if (!best || (best.cost && !must)) return null;
    this.taken.add(best.box);
    return { kind: "paper", text: d.n, font, x: best.x, y: best.y, box: best.box, line: null, row: i };
  }
}

/** Steps away from a name's first place, and what each costs: among many, one dot covered is four rings. */
NamePlacer.spiral = [[0, 0, 0]];
for (let ring = 1; ring <= 11; ring++) {
  for (let s = 0; s < 4 * ring; s++) {
    const angle = (2 * Math.PI * s) / (4 * ring) + Math.PI / 2;
    NamePlacer.spiral.push([Math.cos(angle) * ring, Math.sin(angle) * ring, 0.25 * ring]);
  }
}

/** Adds a mark of a shape to the current path. */
function trace(ctx, shape, x, y, r) {
  if (shape === "square") {
    ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  } else if (shape === "triangle") {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.1, y + r * 0.9);
    ctx.lineTo(x - r * 1.1, y + r * 0.9);
    ctx.closePath();
  } else if (shape === "diamond") {
    ctx.moveTo(x, y - r * 1.25);
    ctx.lineTo(x + r * 1.25, y);
    ctx.lineTo(x, y + r * 1.25);
    ctx.lineTo(x - r * 1.25, y);
    ctx.closePath();
  } else {
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  }
}

/** The canvas: draws a sheet somewhat larger than the view, so that moving about only shifts it. */
class MapView {
  /** @param {{pick: Function, open: Function, lasso: Function}} told Calls for what one does. */
  constructor(root, canvas, tip, model, told) {
    Object.assign(this, { root, canvas, tip, model, told });
    this.ctx = canvas.getContext("2d");
    this.view = { k: 1, x: 0, y: 0 };
    this.size = { w: 0, h: 0 };
    this.base = 1;
    this.hover = -1;
    this.chosen = -1;
    this.selected = new Set();
    this.citations = false;
    this.lassoing = false;
    this.loop = null;
    this.sheet = null;
    this.names = null;
    this.asked = 0;
    this.widths = new Map();
    this.look = {};
    this.listen();
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  // ── the view ──────────────────────────────────────────────────────────────────────────────────
  resize() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const old = this.size;
    this.ratio = window.devicePixelRatio || 1;
    this.size = { w: box.width, h: box.height };
    this.canvas.width = Math.round(box.width * this.ratio);
    this.canvas.height = Math.round(box.height * this.ratio);
    const wasWhole = !old.w || this.view.k === this.base;
    this.base = this.wholeScale();
    if (wasWhole) {
      this.fit();
    } else {
      this.view.x += (box.width - old.w) / 2;
      this.view.y += (box.height - old.h) / 2;
    }
    this.redraw();
  }

  wholeScale() {
    const { box } = this.model.grid;
    const across = Math.max(this.size.w - 90, 60) / Math.max(box.r - box.l, 0.1);
    return Math.min(across, Math.max(this.size.h - 80, 60) / Math.max(box.b - box.t, 0.1));
  }

  /** Shows the whole map. */
  fit() {
    const { box } = this.model.grid;
    const k = this.base;
    this.view = {
      k, x: this.size.w / 2 - ((box.l + box.r) / 2) * k, y: this.size.h / 2 + ((box.t + box.b) / 2) * k,
    };
    this.plan();
  }

  zoomAt(x, y, factor) {
    const k = clamp(this.view.k * factor, this.base * 0.5, this.base * MAX_ZOOM);
    const gain = k / this.view.k;
    this.view = { k, x: x - (x - this.view.x) * gain, y: y - (y - this.view.y) * gain };
    this.plan();
  }

  zoomBy(factor) { this.zoomAt(this.size.w / 2, this.size.h / 2, factor); }

  pan(dx, dy) {
    this.view.x += dx;
    this.view.y += dy;
    this.plan();
  }

  /** Moves the view so that a paper can be seen. */
  reveal(i) {
    const [x, y] = this.placeOf(i);
    const isInside = x > 30 && y > 20 && x < this.size.w - 30 && y < this.size.h - 20;
    if (!isInside) this.pan(this.size.w / 2 - x, this.size.h / 2 - y);
  }

  /** Where a paper stands on the canvas. */
  placeOf(i) {
    const d = this.model.dots[i];
    return [d.x * this.view.k + this.view.x, -d.y * this.view.k + this.view.y];
  }

  choose(i) {
    this.chosen = i;
    this.redraw();
  }

  // ── drawing ───────────────────────────────────────────────────────────────────────────────────
  css(name) {
    return this.look[name] || (this.look[name] = getComputedStyle(this.root).getPropertyValue(name).trim());
  }

  /** Draws anew what changed, at the next frame. */
  redraw() {
    this.sheet = null;
    this.plan();
  }

  plan() {
    if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.paint(); });
  }

  paint() {
    if (!this.size.w) return;
    const { ctx, ratio, view } = this;
    const sheet = this.currentSheet();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = this.css("--ground");
    ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.drawImage(sheet.canvas, Math.round((sheet.box.l + view.x) * ratio), Math.round((sheet.box.t + view.y) * ratio));
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.hover >= 0) this.ring(ctx, ...this.placeOf(this.hover), 1.7);
    if (this.loop) this.paintLoop(ctx);
    this.drawn = performance.now();
    this.firstDrawn = this.firstDrawn || this.drawn;
  }

  paintLoop(ctx) {
    ctx.beginPath();
    this.loop.forEach(([x, y]) => ctx.lineTo(x, y));
    ctx.closePath();
    ctx.fillStyle = ctx.strokeStyle = this.css("--accent");
    ctx.globalAlpha = 0.12;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }

  ring(ctx, x, y, times) {
    ctx.strokeStyle = this.css("--ink");
    ctx.lineWidth = 2;
    ctx.beginPath();
    trace(ctx, "circle", x, y, this.radius() * times + 1);
    ctx.stroke();
  }

  /** The part of the sheet in view, with a margin on every side as a share of its size. */
  viewBox(margin) {
    const { view, size } = this;
    const [mx, my] = [size.w * margin, size.h * margin];
    return {
      l: Math.floor(-view.x - mx), t: Math.floor(-view.y - my),
      r: Math.ceil(-view.x + size.w + mx), b: Math.ceil(-view.y + size.h + my),
    };
  }

  /** The sheet drawn last where it holds the view, else a new one; with a margin once one moves. */
  currentSheet() {
    const need = this.viewBox(0);
    const { sheet, view } = this;
    const isSame = sheet && sheet.k === view.k && sheet.version === this.model.version;
    const has = (box) => box.l <= need.l && box.t <= need.t && box.r >= need.r && box.b >= need.b;
    if (isSame && has(sheet.box)) return sheet;
    this.sheet = this.drawSheet(isSame ? this.viewBox(0.4) : need, sheet ? sheet.canvas : null);
    return this.sheet;
  }

  drawSheet(box, used) {
    const canvas = used || document.createElement("canvas");
    canvas.width = Math.round((box.r - box.l) * this.ratio);
    canvas.height = Math.round((box.b - box.t) * this.ratio);
    const ctx = canvas.getContext("2d");
    ctx.setTransform(this.ratio, 0, 0, this.ratio, -box.l * this.ratio, -box.t * this.ratio);
    ctx.lineJoin = "round";
    const names = this.placeNames(box);
    this.drawRegions(ctx);
    if (this.citations) this.drawAllLinks(ctx, box);
    this.drawDots(ctx, box);
    this.drawMarks(ctx, box);
    if (this.chosen >= 0) this.drawLinksOf(ctx, this.chosen);
    this.drawNames(ctx, names);
    return { canvas, box, k: this.view.k, version: this.model.version, names };
  }

  get zoom() { return this.view.k / this.base; }

  radius() {
    const spacing = Math.sqrt((this.size.w * this.size.h) / Math.max(1, this.model.dots.length));
    return clamp(clamp(0.2 * spacing, 1.6, 4.6) * Math.pow(this.zoom, 0.4), 1.4, 9);
  }

  drawRegions(ctx) {
    const { k } = this.view;
    const isOwn = this.model.mode === "heading";
    ctx.lineWidth = Math.min(60, 20 * Math.sqrt(this.zoom));
    ctx.globalAlpha = isOwn ? 0.1 : 0.05;
    for (const region of this.model.data.regions) {
      if (region.level === 0 || !this.model.hasRegion(region)) continue;
      ctx.fillStyle = ctx.strokeStyle = isOwn ? region.colour : this.css("--faint");
      for (const patch of region.patches) {
        ctx.beginPath();
        patch.forEach(([x, y]) => ctx.lineTo(x * k, -y * k));
        ctx.closePath();
        ctx.fill();
        ctx.stroke();
      }
    }
    ctx.globalAlpha = 1;
  }

  drawAllLinks(ctx, box) {
    const { k } = this.view;
    const { dots, data, state } = this.model;
    ctx.strokeStyle = this.css("--faint");
    ctx.globalAlpha = clamp(40 / Math.sqrt(data.links.length + 1), 0.05, 0.3);
    ctx.lineWidth = 0.8;
    ctx.beginPath();
    for (const [a, b] of data.links) {
      if (state[a] < 1 || state[b] < 1 || state[a] + state[b] < 3) continue;
      const [x0, y0, x1, y1] = [dots[a].x * k, -dots[a].y * k, dots[b].x * k, -dots[b].y * k];
      const isFar = Math.max(x0, x1) < box.l || Math.min(x0, x1) > box.r
        || Math.max(y0, y1) < box.t || Math.min(y0, y1) > box.b;
      if (isFar) continue;
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  drawDots(ctx, box) {
    const { k } = this.view;
    const { dots } = this.model;
    const ground = this.css("--ground");
    const r = this.radius();
    for (const look of this.model.looks()) {
      ctx.globalAlpha = look.lit ? 1 : 0.16;
      ctx.beginPath();
      for (const i of look.rows) {
        const [x, y] = [dots[i].x * k, -dots[i].y * k];
        if (x < box.l - r || y < box.t - r || x > box.r + r || y > box.b + r) continue;
        if (r < 2 && look.group.shape === "circle") ctx.rect(x - r, y - r, 2 * r, 2 * r);
        else trace(ctx, look.group.shape, x, y, r);
      }
      ctx.fillStyle = look.hollow ? ground : look.group.colour;
      ctx.strokeStyle = look.hollow ? look.group.colour : ground;
      ctx.lineWidth = look.hollow ? Math.min(1.6, r * 0.6) : Math.min(1, r * 0.3);
      ctx.fill();
      if (look.hollow || r > 2.4) ctx.stroke();
    }
    ctx.globalAlpha = 1;
  }

  /** Rings: what the last refresh brought, what was searched for, selected and chosen. */
  drawMarks(ctx, box) {
    const { k } = this.view;
    const { dots, hits, state } = this.model;
    const rings = (rows, colour, times, width) => {
      ctx.strokeStyle = this.css(colour);
      ctx.lineWidth = width;
      ctx.beginPath();
      for (const i of rows) {
        const [x, y] = [dots[i].x * k, -dots[i].y * k];
        if (state[i] && x > box.l && x < box.r && y > box.t && y < box.b) trace(ctx, "circle", x, y, this.radius() * times + 1);
      }
      ctx.stroke();
    };
    rings(this.model.data.new, "--new", 1.5, 2);
    if (hits && hits.size <= 60) rings(hits, "--ink", 1.7, 2);
    rings(this.selected, "--accent", 1.5, 2);
    if (this.chosen >= 0) rings([this.chosen], "--ink", 2, 2.6);
  }

  /** Who cites whom for one paper: whole lines lead to what it cites, broken ones come from what cites it. */
  drawLinksOf(ctx, i) {
    ctx.lineWidth = 1.6;
    const { cites, citedBy, state } = this.model;
    for (const j of cites[i]) if (state[j]) this.arrow(ctx, i, j, CITES, []);
    for (const j of citedBy[i]) if (state[j]) this.arrow(ctx, j, i, CITED_BY, [5, 3]);
    ctx.setLineDash([]);
  }

  arrow(ctx, from, to, colour, dash) {
    const { k } = this.view;
    const { dots } = this.model;
    const [x0, y0, x1, y1] = [dots[from].x * k, -dots[from].y * k, dots[to].x * k, -dots[to].y * k];
    const [cx, cy] = [(x0 + x1) / 2 + (y1 - y0) * 0.12, (y0 + y1) / 2 - (x1 - x0) * 0.12];
    const angle = Math.atan2(y1 - cy, x1 - cx);
    const r = this.radius() + 1.5;
    const [ex, ey] = [x1 - Math.cos(angle) * r, y1 - Math.sin(angle) * r];
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.quadraticCurveTo(cx, cy, ex, ey);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(ex, ey);
    ctx.lineTo(ex - 8 * Math.cos(angle - 0.4), ey - 8 * Math.sin(angle - 0.4));
    ctx.lineTo(ex - 8 * Math.cos(angle + 0.4), ey - 8 * Math.sin(angle + 0.4));
    ctx.fill();
  }

  /** Names for a part of the sheet: kept while one moves about in what was named. */
  placeNames(box) {
    const { k } = this.view;
    const { model, names, size } = this;
    const first = this.namedFirst();
    const key = [k, model.version, size.w, size.h, first.join()].join();
    const has = names && names.box.l <= box.l && names.box.t <= box.t && names.box.r >= box.r && names.box.b >= box.b;
    if (has && names.key === key) return names.list;
    const [mx, my] = [size.w * 0.3, size.h * 0.3];
    const wide = { l: box.l - mx, t: box.t - my, r: box.r + mx, b: box.b + my };
    const spacing = this.zoom * Math.sqrt((size.w * size.h) / Math.max(1, model.lit().length));
    const placer = new NamePlacer(model, k, this.zoom, wide, this.bounds(), spacing, this.radius(), (text, font) => this.measure(text, font));
    this.names = { key, box: wide, list: placer.place(first) };
    return this.names.list;
  }

  /** The whole map on the sheet, with the margin that `fit` leaves, or the view where that is larger. */
  bounds() {
    const { box } = this.model.grid;
    const { k } = this.view;
    const [x, y] = [((box.l + box.r) / 2) * k, (-(box.t + box.b) / 2) * k];
    const wide = Math.max((box.r - box.l) * k + 86, this.size.w - 4) / 2;
    const high = Math.max((box.b - box.t) * k + 76, this.size.h - 4) / 2;
    return { l: x - wide, t: y - high, r: x + wide, b: y + high };
  }

  /** Papers whose names come before all others: the chosen one and those it cites or that cite it. */
  namedFirst() {
    const { model, chosen } = this;
    const rows = chosen < 0 ? [] : [chosen, ...model.cites[chosen], ...model.citedBy[chosen]].slice(0, 40);
    if (model.hits && model.hits.size <= 60) rows.push(...model.hits);
    return [...new Set(rows)].filter((i) => model.state[i]);
  }

  measure(text, font) {
    const key = font + text;
    if (!this.widths.has(key)) {
      this.ctx.font = font;
      this.widths.set(key, this.ctx.measureText(text).width);
    }
    return this.widths.get(key);
  }

  drawNames(ctx, names) {
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    for (const name of names) {
      if (name.line) {
        ctx.strokeStyle = this.css("--faint");
        ctx.lineWidth = 0.8;
        ctx.beginPath();
        ctx.moveTo(name.line[0], name.line[1]);
        ctx.lineTo(name.line[2], name.line[3]);
        ctx.stroke();
      }
      ctx.font = name.font;
      ctx.strokeStyle = this.css("--ground");
      ctx.lineWidth = 3.5;
      ctx.strokeText(name.text, name.x, name.y);
      ctx.fillStyle = this.css(name.kind === "theme" ? "--faint" : "--ink");
      ctx.fillText(name.text, name.x, name.y);
    }
  }

  // ── pointer and keys ──────────────────────────────────────────────────────────────────────────
  /** The lit paper nearest to a place on the canvas, -1 where none is near. */
  nearest(px, py) {
    const { view, model } = this;
    const [x, y, reach] = [(px - view.x) / view.k, (view.y - py) / view.k, HIT_REACH / view.k];
    let best = -1;
    let gap = reach * reach;
    model.grid.within(x - reach, y - reach, x + reach, y + reach, (i) => {
      const far = (model.dots[i].x - x) ** 2 + (model.dots[i].y - y) ** 2;
      if (far < gap && model.isLit(i)) { gap = far; best = i; }
    });
    return best;
  }

  listen() {
    const { canvas } = this;
    this.pointers = new Map();
    const on = (name, act, options) => canvas.addEventListener(name, act, options);
    on("pointerdown", (e) => this.press(e));
    on("pointermove", (e) => this.move(e));
    on("pointerup", (e) => this.lift(e));
    on("pointercancel", (e) => this.lift(e));
    on("pointerleave", () => this.hoverOn(-1));
    on("wheel", (e) => {
      e.preventDefault();
      this.zoomAt(e.offsetX, e.offsetY, Math.exp(-clamp(e.deltaY, -60, 60) * 0.006));
    }, { passive: false });
    on("dblclick", (e) => this.zoomAt(e.offsetX, e.offsetY, 2));
    on("keydown", (e) => this.key(e));
  }

  press(e) {
    this.canvas.setPointerCapture(e.pointerId);
    this.pointers.set(e.pointerId, [e.offsetX, e.offsetY]);
    this.moved = 0;
    this.span = 0;
    this.loop = this.lassoing || e.shiftKey ? [[e.offsetX, e.offsetY]] : null;
    this.canvas.focus({ preventScroll: true });
  }

  move(e) {
    const last = this.pointers.get(e.pointerId);
    if (!last) {
      this.hoverOn(this.nearest(e.offsetX, e.offsetY), e);
      return;
    }
    const now = [e.offsetX, e.offsetY];
    this.moved += Math.abs(now[0] - last[0]) + Math.abs(now[1] - last[1]);
    this.pointers.set(e.pointerId, now);
    if (this.loop) {
      this.loop.push(now);
      this.plan();
    } else if (this.pointers.size === 1) {
      this.hoverOn(-1);
      this.pan(now[0] - last[0], now[1] - last[1]);
    } else if (this.pointers.size === 2) {
      this.pinch();
    }
  }

  pinch() {
    const [a, b] = [...this.pointers.values()];
    const span = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (this.span) this.zoomAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, span / this.span);
    this.span = span;
    this.moved = 99;
  }

  lift(e) {
    const wasDown = this.pointers.delete(e.pointerId);
    this.span = 0;
    if (!wasDown || e.type !== "pointerup") {
      this.loop = null;
    } else if (this.moved < 5) {
      this.loop = null;
      this.told.pick(this.nearest(e.offsetX, e.offsetY));
    } else if (this.loop) {
      const rows = this.inLoop(this.loop);
      this.loop = null;
      this.told.lasso(rows);
    }
    this.plan();
  }

  /** Lit papers inside a polygon on the canvas. */
  inLoop(loop) {
    return this.model.lit().filter((i) => {
      const [x, y] = this.placeOf(i);
      let inside = false;
      for (let a = 0, b = loop.length - 1; a < loop.length; b = a++) {
        const [x0, y0] = loop[a];
        const [x1, y1] = loop[b];
        if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
      }
      return inside;
    });
  }

  hoverOn(i, e) {
    const { tip } = this;
    this.canvas.style.cursor = i >= 0 ? "pointer" : this.lassoing ? "crosshair" : "grab";
    if (i >= 0) {
      const d = this.model.dots[i];
      tip.replaceChildren(make("strong", d.t), make("div", d.b, "faint"), make("div", this.model.why(d), "faint"));
      tip.hidden = false;
      tip.style.left = `${clamp(e.offsetX + 14, 0, Math.max(0, this.size.w - tip.offsetWidth - 4))}px`;
      tip.style.top = `${e.offsetY + 18 + tip.offsetHeight < this.size.h ? e.offsetY + 18 : Math.max(0, e.offsetY - tip.offsetHeight - 10)}px`;
    } else {
      tip.hidden = true;
    }
    if (i !== this.hover) {
      this.hover = i;
      this.plan();
    }
  }

  /** Arrows move, + and - zoom, 0 shows all, Tab walks through the papers, Enter opens one. */
  key(e) {
    const acts = {
      ArrowLeft: () => this.pan(60, 0), ArrowRight: () => this.pan(-60, 0),
      ArrowUp: () => this.pan(0, 60), ArrowDown: () => this.pan(0, -60),
      "+": () => this.zoomBy(1.4), "=": () => this.zoomBy(1.4), "-": () => this.zoomBy(1 / 1.4),
      0: () => this.fit(),
      Enter: () => this.chosen >= 0 && this.told.open(this.chosen),
      Escape: () => { this.isLeaving = true; this.told.pick(-1); },
    };
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Tab") {
      if (this.step(e.shiftKey ? -1 : 1)) e.preventDefault();
    } else if (acts[e.key]) {
      acts[e.key]();
      e.preventDefault();
    }
  }

  /** Goes to the next lit paper in reading order; false where Tab should leave the map instead. */
  step(way) {
    if (this.isLeaving) {
      this.isLeaving = false;
      return false;
    }
    const rows = this.model.lit();
    const at = rows.indexOf(this.chosen);
    const next = at < 0 ? (way > 0 ? 0 : -1) : at + way;
    if (next < 0 || next >= rows.length) return false;
    this.told.pick(rows[next]);
    this.reveal(rows[next]);
    return true;
  }
}

/** Everything around the canvas: controls, the paper beside it, the selection, the key, the table. */
class MapPanel {
  /**
   * @param {HTMLElement} root
   * @param {object} data
   * @param {object} host What is done with a choice: `isApp`, `chosen(id)`, `selected(ids)`, `opened(id)`, `address(dot)`.
   */
  constructor(root, data, host) {
    Object.assign(this, { root, data, host });
    this.model = new MapModel(data);
    this.shownRows = MAX_LISTED;
    this.build();
    this.view = new MapView(root, this.canvas, this.tip, this.model, {
      pick: (i) => this.choose(i), open: (i) => this.open(i), lasso: (rows) => this.select(rows),
    });
    this.showKey();
    this.changed();
    new ResizeObserver(() => root.toggleAttribute("data-narrow", root.clientWidth < 700)).observe(root);
  }

  // ── parts ─────────────────────────────────────────────────────────────────────────────────────
  build() {
    this.canvas = make("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", "Map of papers. Drag or arrow keys move, plus and minus zoom, 0 shows all, "
      + "Tab walks through the papers, Enter opens one, Escape then Tab leaves the map. The button Table lists the same papers.");
    this.tip = make("div", undefined, "tip");
    this.tip.hidden = true;
    const stage = make("div", undefined, "stage");
    this.hint = make("p", undefined, "hint");
    this.hint.hidden = true;
    this.hint.append(make("span", "Draw a line around papers."), makeButton("Done", () => { this.toggleLasso(); this.lasso.focus(); }, "Or press Escape"));
    stage.append(this.canvas, this.tip, this.hint);
    this.about = make("section", undefined, "about");
    this.selection = make("section", undefined, "selection");
    this.key = make("section", undefined, "key");
    const aside = make("aside");
    aside.append(this.about, this.selection, this.key);
    this.table = make("section", undefined, "table");
    this.table.hidden = true;
    this.said = make("p", undefined, "said");
    this.said.setAttribute("role", "status");
    this.root.replaceChildren(this.buildBar(), stage, aside, this.table, this.said);
    this.root.addEventListener("keydown", (e) => { if (e.key === "Escape" && this.view.lassoing) this.toggleLasso(); });
  }

  buildBar() {
    const bar = make("div", undefined, "bar");
    if (!this.host.isApp) bar.append(make("h1", this.data.title), this.buildFind());
    bar.append(this.buildColours());
    if (this.data.links.length) bar.append(this.buildToggle("citations", "Citations", (on) => { this.view.citations = on; this.view.redraw(); }));
    if (this.data.new.length) bar.append(this.buildToggle("new", `New (${this.data.new.length})`, (on) => { this.model.lightNew(on); this.changed(); }, "What the last refresh brought"));
    this.lasso = makeButton("Select", () => this.toggleLasso(), "Draw a line around papers (or hold Shift)");
    this.lasso.setAttribute("aria-pressed", "false");
    this.tableButton = makeButton("Table", () => this.toggleTable(), "The papers as a table");
    this.tableButton.setAttribute("aria-expanded", "false");
    bar.append(this.lasso, this.tableButton, this.buildZoom());
    if (this.years()) bar.append(this.buildYears());
    if (!this.host.isApp) bar.append(this.buildToggle("dark", "Dark", (on) => this.setDark(on)));
    return bar;
  }

  buildFind() {
    const find = make("input");
    find.type = "search";
    find.className = "find";
    find.placeholder = "Find a paper ( / )";
    find.setAttribute("aria-label", "Find a paper");
    const words = this.data.dots.map((d) => folded(`${d.t} ${d.b} ${d.n} ${d.h < 0 ? "" : this.data.headings[d.h].path.join(" ")}`));
    find.addEventListener("input", () => {
      const parts = folded(find.value).split(/\s+/).filter(Boolean);
      const isHit = (i) => parts.every((p) => words[i].includes(p));
      this.model.lightHits(parts.length ? new Set([...words.keys()].filter(isHit)) : null);
      this.changed();
      this.say(parts.length ? counted(this.model.hits.size, "paper") : "");
    });
    find.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || !this.model.hits || !this.model.hits.size) return;
      const [first] = this.model.hits;
      this.choose(first);
      this.view.reveal(first);
    });
    document.addEventListener("keydown", (e) => {
      if (e.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
      find.focus();
      e.preventDefault();
    });
    return find;
  }

  buildColours() {
    const label = make("label", "Colour by ");
    const select = make("select");
    select.className = "colours";
    for (const [key, text] of this.model.colourings()) {
      const option = make("option", text);
      option.value = key;
      select.append(option);
    }
    select.addEventListener("change", () => {
      this.model.colourBy(select.value);
      this.showKey();
      this.changed();
    });
    label.append(select);
    return label;
  }

  buildToggle(name, text, change, title) {
    const label = make("label");
    const box = make("input");
    box.type = "checkbox";
    box.className = name;
    if (title) label.title = title;
    box.addEventListener("change", () => change(box.checked));
    label.append(box, make("span", text));
    return label;
  }

  buildZoom() {
    const group = make("span", undefined, "zoom");
    const add = (text, label, act) => {
      const button = makeButton(text, act, label);
      button.setAttribute("aria-label", label);
      group.append(button);
    };
    add("+", "Zoom in", () => this.view.zoomBy(1.5));
    add("−", "Zoom out", () => this.view.zoomBy(1 / 1.5));
    add("All", "Show the whole map", () => this.view.fit());
    return group;
  }

  years() { return this.model.years[0] < this.model.years[1]; }

  buildYears() {
    const group = make("span", undefined, "years");
    const [first, last] = this.model.years;
    const shown = make("output", `${first}–${last}`);
    const sliders = [["From year", first], ["To year", last]].map(([label, value]) => {
      const slider = make("input");
      slider.type = "range";
      Object.assign(slider, { min: first, max: last, value });
      slider.setAttribute("aria-label", label);
      slider.addEventListener("input", () => {
        this.model.showYears(Number(sliders[0].value), Number(sliders[1].value));
        const [from, to] = this.model.range;
        shown.textContent = from === to ? `${from}` : `${from}–${to}`;
        this.changed();
      });
      return slider;
    });
    group.append(make("span", "Years"), ...sliders, shown);
    return group;
  }

  // ── what one does ─────────────────────────────────────────────────────────────────────────────
  say(text) { this.said.textContent = text; }

  /** Draws and lists anew after another choice of what is lit. */
  changed() {
    this.view.redraw();
    if (!this.table.hidden) this.showTable();
  }

  setDark(on) {
    this.root.toggleAttribute("data-dark", on);
    const box = this.root.querySelector("input.dark");
    if (box) box.checked = on;
    this.view.look = {};
    this.view.redraw();
  }

  /** Begins or ends drawing lines around papers; while it lasts, a line says so and how to end it. */
  toggleLasso() {
    const on = !this.view.lassoing;
    this.view.lassoing = on;
    this.lasso.setAttribute("aria-pressed", String(on));
    this.hint.hidden = !on;
    this.say(on ? "Draw a line around papers. Escape ends it." : "");
    this.canvas.style.cursor = on ? "crosshair" : "grab";
  }

  open(i) {
    const dot = this.data.dots[i];
    if (this.host.isApp) this.host.opened(dot.id);
    else if (dot.u) window.open(dot.u, "_blank", "noopener,noreferrer");
  }

  /** Shows a paper beside the map; -1 for none. */
  choose(i) {
    if (i !== this.view.chosen) this.host.chosen(i < 0 ? null : this.data.dots[i].id);
    this.view.choose(i);
    this.about.replaceChildren();
    if (i < 0) return;
    const d = this.data.dots[i];
    const { cites, citedBy } = this.model;
    this.about.append(this.paperLink(i), make("p", d.b, "faint"), make("p", this.model.why(d)));
    const facts = [d.st === undefined ? "" : this.data.statuses[d.st], d.new ? "new since the last refresh" : ""];
    this.about.append(make("p", facts.filter(Boolean).join(" · "), "faint"));
    this.about.append(...this.linkList("It cites", cites[i], "cites"), ...this.linkList("Cited by", citedBy[i], "cited-by"));
    this.say(`${d.t}. ${d.b}. ${this.model.why(d)} It cites ${cites[i].length} here, ${citedBy[i].length} cite it.`);
  }

  /** The title as a link to the paper's page (in the app) or its web address; plain where it has none. */
  paperLink(i) {
    const d = this.data.dots[i];
    const heading = make("h2");
    const address = this.host.address(d);
    const link = make(address ? "a" : "span", d.t);
    if (address) {
      link.href = address;
      link.target = this.host.isApp ? "_self" : "_blank";
      link.rel = "noopener noreferrer";
      link.addEventListener("click", (e) => {
        if (!this.host.isApp || e.ctrlKey || e.metaKey || e.shiftKey) return;
        e.preventDefault();
        this.open(i);
      });
    }
    heading.append(link);
    return heading;
  }

  linkList(title, rows, className) {
    return rows.length ? [make("h3", `${title} (${rows.length} here)`, className), this.paperList(rows)] : [];
  }

  paperList(rows) {
    const list = make("ul");
    for (const i of rows.slice(0, MAX_LISTED)) {
      const item = make("li");
      item.append(makeButton(this.data.dots[i].t, () => { this.choose(i); this.view.reveal(i); }));
      list.append(item);
    }
    if (rows.length > MAX_LISTED) list.append(make("li", `and ${rows.length - MAX_LISTED} more`, "faint"));
    return list;
  }

  /** Takes papers into the selection, in place of those of before. */
  select(rows) {
    this.view.selected = new Set(rows);
    this.host.selected(rows.map((i) => this.data.dots[i].id));
    this.selection.replaceChildren();
    if (rows.length) {
      const actions = make("p", undefined, "actions");
      actions.append(makeButton("Copy as list", () => this.copy(rows)), makeButton("Clear", () => this.select([])));
      this.selection.append(make("h3", `${counted(rows.length, "paper")} selected`), actions, this.paperList(rows));
    }
    this.say(rows.length ? `${counted(rows.length, "paper")} selected` : "Nothing selected");
    this.changed();
  }

  async copy(rows) {
    const lines = rows.map((i) => {
      const d = this.data.dots[i];
      return ["-", d.t + (d.b ? ` (${d.b})` : ""), d.u].filter(Boolean).join(" ");
    });
    const text = `${lines.join("\n")}\n`;
    try {
      await navigator.clipboard.writeText(text);
      this.say("Copied");
    } catch {
      const area = make("textarea", text);
      area.readOnly = true;
      area.setAttribute("aria-label", "The list, to copy");
      this.selection.append(area);
      area.select();
      this.say("Copy the list with the keys for it");
    }
  }

  /** Colours the dots, with some groups brought out (null for all). */
  colourBy(mode, groups) {
    if (this.model.mode !== mode) this.model.colourBy(mode);
    this.root.querySelector("select.colours").value = mode;
    this.model.focusOn(groups);
    this.showKey();
  }

  // ── the key ───────────────────────────────────────────────────────────────────────────────────
  showKey() {
    const { model } = this;
    this.key.replaceChildren();
    const hint = model.mode === "heading" && model.dots.some((d) => d.s) ? "Full: you filed it. Hollow: its text alone says so." : "";
    const isOutlined = this.host.isApp && model.mode === "heading";
    if (isOutlined) return;
    const counts = new Int32Array(model.groups.length);
    for (const g of model.groupOf) counts[g]++;
    const rows = [...model.groups.keys()].filter((g) => counts[g]);
    if (model.mode === "heading") rows.sort((a, b) => this.pathKey(a) < this.pathKey(b) ? -1 : 1);
    const list = make("ul");
    let above = "";
    for (const g of rows) {
      const group = model.groups[g];
      if (group.above && group.above !== above) list.append(make("li", group.above, "outer"));
      above = group.above || above;
      list.append(this.keyRow(g, counts[g]));
    }
    this.key.append(make("h2", { heading: "Headings", theme: "Themes", year: "Years", status: "Status", note: "Notes" }[model.mode]), list);
    if (hint) this.key.append(make("p", hint, "faint"));
  }

  pathKey(g) {
    const group = this.model.groups[g];
    return group.above === undefined ? "\uffff" : `${group.above}\u0001${group.label}`;
  }

  keyRow(g, count) {
    const { model } = this;
    const group = model.groups[g];
    const isOn = model.focus !== null && model.focus.has(g);
    const button = makeButton("", () => {
      model.focusOn(isOn ? null : new Set([g]));
      this.showKey();
      this.changed();
    });
    button.setAttribute("aria-pressed", String(isOn));
    button.append(this.swatch(group), make("span", group.label), make("span", String(count), "count"));
    const item = make("li");
    item.append(button);
    return item;
  }

  swatch(group) {
    const canvas = make("canvas", undefined, "swatch");
    canvas.width = canvas.height = 24;
    canvas.setAttribute("aria-hidden", "true");
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = group.colour;
    ctx.beginPath();
    trace(ctx, group.shape, 12, 12, 9);
    ctx.fill();
    return canvas;
  }

  // ── the table ─────────────────────────────────────────────────────────────────────────────────
  toggleTable() {
    this.table.hidden = !this.table.hidden;
    this.tableButton.setAttribute("aria-expanded", String(!this.table.hidden));
    this.shownRows = MAX_LISTED;
    if (!this.table.hidden) this.showTable();
  }

  showTable() {
    const rows = this.model.lit();
    const table = make("table");
    table.append(make("caption", `${counted(rows.length, "paper")}, in the order of the notes`));
    const head = table.createTHead().insertRow();
    for (const text of ["Select", "Paper", "Authors, year", "Heading", "Status"]) {
      const cell = make("th", text);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const i of rows.slice(0, this.shownRows)) body.append(this.tableRow(i));
    this.table.replaceChildren(table);
    if (rows.length > this.shownRows) {
      this.table.append(makeButton("Show more", () => { this.shownRows += 5 * MAX_LISTED; this.showTable(); }));
    }
  }

  tableRow(i) {
    const d = this.data.dots[i];
    const row = make("tr");
    const box = make("input");
    box.type = "checkbox";
    box.checked = this.view.selected.has(i);
    box.setAttribute("aria-label", `Select ${d.t}`);
    box.addEventListener("change", () => {
      const rows = new Set(this.view.selected);
      if (box.checked) rows.add(i);
      else rows.delete(i);
      this.table.dataset.kept = "";
      this.selectFromTable([...rows].sort((a, b) => a - b));
    });
    const heading = d.h < 0 ? "" : this.data.headings[d.h].path.join(" › ");
    const cells = [box, makeButton(d.t, () => { this.choose(i); this.view.reveal(i); }), d.b, heading,
      d.st === undefined ? "" : this.data.statuses[d.st] + (d.new ? ", new" : "")];
    for (const cell of cells) {
      const td = make("td");
      td.append(cell);
      row.append(td);
    }
    return row;
  }

  /** As `select`, without making the table anew under the reader's hands. */
  selectFromTable(rows) {
    this.table.hidden = true;
    this.select(rows);
    this.table.hidden = false;
  }
}

/**
 * Puts a map into an element. `host` says what becomes of what one does; in the exported page nothing
 * but the page itself is there to hear of it.
 */
function mountMap(root, data, host) {
  const panel = new MapPanel(root, data, host);
  root.litmap = panel;
  return panel;
}

/** The exported page: the data stand in it, links lead to the papers' web addresses. */
function mountExportedMap() {
  const begun = performance.now();
  const data = JSON.parse(document.getElementById("data").textContent);
  const ignore = () => {};
  const panel = mountMap(document.getElementById("map"), data, {
    isApp: false, chosen: ignore, selected: ignore, opened: ignore, address: (dot) => dot.u,
  });
  panel.begun = begun;
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", (e) => panel.setDark(e.matches));
  panel.setDark(scheme.matches);
}
