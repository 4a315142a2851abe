/** Around Streamlit's elements: results are told to who listens, a step back brings the place on the page again, and
 * the focus is not lost where an element is drawn anew. */

const FOCUSABLE = "a[href], button, input, textarea, select, summary, [tabindex='0']";
const GIVE_UP_MS = 10000;
const STAYS_MS = 400;

let told = null; // the element whose text is read out
let focused = null; // what had the focus last, and how to find what takes its place
let place = null; // the place that a step back asks for, until it is reached or the reader moves
const left = new Map(); // by address: place and focus when something was pressed there

export default function attend({ data }) {
  if (told === null) begin();
  else if (data.said !== told.textContent) told.textContent = data.said;
}

function begin() {
  told = document.createElement("div");
  told.setAttribute("role", "status");
  told.className = "litmap-told";
  document.body.append(told);
  for (const kind of ["click", "keydown"]) addEventListener(kind, leave, true);
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(kind, () => { place = null; }, { capture: true, passive: true });
  }
  addEventListener("popstate", comeBack);
  document.addEventListener("focusin", (event) => { focused = describe(event.target); });
  new MutationObserver(keepFocus).observe(document.body, { childList: true, subtree: true });
}

const main = () => document.querySelector("[data-testid=stMain]");
const isQuiet = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";

// ── the place on the page ───────────────────────────────────────────────────────────────────────
function leave() {
  if (main()) left.set(location.href, { top: main().scrollTop, focus: focused });
}

function comeBack() {
  const was = left.get(location.href);
  if (!was) return;
  place = was.top;
  focused = was.focus;
  const begun = performance.now();
  let since = null;
  const timer = setInterval(() => {
    const now = performance.now();
    if (place === null || now - begun > GIVE_UP_MS || (since && now - since > STAYS_MS)) {
      clearInterval(timer);
      place = null;
      return;
    }
    const view = main();
    if (view && Math.abs(view.scrollTop - place) > 1) view.scrollTop = place;
    const isThere = view && Math.abs(view.scrollTop - place) <= 1 && isQuiet();
    since = isThere ? since ?? now : null;
  }, 50);
}

// ── the focus ───────────────────────────────────────────────────────────────────────────────────
const keyOf = (element) => [...element.classList].find((name) => name.startsWith("st-key-"));
const nameOf = (element) => element.getAttribute("href") ?? element.getAttribute("aria-label") ?? element.textContent;

function describe(element) {
  const holder = element.closest("[class*='st-key-']");
  const within = holder ?? main();
  const at = within ? [...within.querySelectorAll(FOCUSABLE)].indexOf(element) : -1;
  return { element, key: holder && keyOf(holder), at, name: nameOf(element), path: location.pathname };
}

let waits = 0;
function keepFocus() {
  if (document.activeElement !== document.body || focused === null || focused.element.isConnected) return;
  clearTimeout(waits);
  waits = setTimeout(() => {
    if (document.activeElement !== document.body || focused === null) return;
    if (!isQuiet()) keepFocus();
    else successor()?.focus({ preventScroll: true });
  }, 120);
}

/** What takes the place of the focused element: the one of its name or at its place; on another page its title. */
function successor() {
  if (focused.path !== location.pathname) {
    const title = main()?.querySelector("h1");
    title?.setAttribute("tabindex", "-1");
    return title;
  }
  const within = focused.key ? document.querySelector(`.${CSS.escape(focused.key)}`) : main();
  const all = [...(within?.querySelectorAll(FOCUSABLE) ?? [])];
  return all.find((one) => nameOf(one) === focused.name) ?? (focused.key ? all[focused.at] : undefined);
}
