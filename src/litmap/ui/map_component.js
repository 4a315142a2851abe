/** The map as a component of the app; called again whenever Python sends something else. */
export default function drawMap({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".litmap-map");
  const told = {
    isApp: true,
    chosen: (id) => {
      clearTimeout(root.litmapWaits); // one who walks through papers asks for none on the way
      root.litmapWaits = setTimeout(() => setStateValue("chosen", id), 250);
    },
    selected: (ids) => setStateValue("selected", ids),
    opened: (id) => setTriggerValue("opened", id),
    address: (dot) => `paper?work=${encodeURIComponent(dot.id)}`,
  };
  root.litmapAsked = data;
  if (root.litmapAddress !== data.map) loadMap(root, data.map, told);
  else if (root.litmap) showAsked(root);
}

/** The papers come over HTTP, once a build; what is asked meanwhile is shown with them. */
async function loadMap(root, address, told) {
  root.litmapAddress = address;
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const papers = await answer.json();
    if (root.litmapAddress !== address) return;
    const begun = performance.now();
    mountMap(root, papers, told).begun = begun;
    showAsked(root);
  } catch (error) {
    root.litmapAddress = "";
    root.textContent = "The map cannot be shown now: load the page again.";
    console.error("the map:", error);
  }
}

/** Bring out what Python asked for last. */
function showAsked(root) {
  const { dark, lit, headings } = root.litmapAsked;
  const { model } = root.litmap;
  root.litmap.setDark(dark);
  model.lightHits(lit ? new Set(lit.map((id) => model.row.get(id)).filter((i) => i >= 0)) : null);
  if (headings || model.mode === "heading") {
    root.litmap.colourBy("heading", headings ? new Set(headings) : null);
  }
  root.litmap.changed();
}
