async ({ columns, rows, frames, changes }) => {
  const size = 0.05, west = 10, north = 50;
  const place = n => [n % columns, Math.floor(n / columns)];
  const count = columns * rows;
  const start = () => {
    document.getElementById("map").replaceWith(Object.assign(document.createElement("div"),
      { id: "map" }));
    const map = L.map("map", { zoomAnimation: false, fadeAnimation: false, inertia: false });
    map.fitBounds([[north - rows * size, west], [north, west + columns * size]], { animate: false });
    return map;
  };
  const ours = () => {
    const map = start();
    const model = new bench.BlockModel();
    const nodes = (n) => Array.from({ length: n + 1 }, (_, k) => k);
    const lon = [], lat = [];
    for (const y of nodes(rows)) for (const x of nodes(columns)) {
      lon.push(west + x * size); lat.push(north - y * size);
    }
    const results = Array.from({ length: count }, (_, n) => [...place(n), n % 9 ? 0 : 5, 1]);
    model.load([{ count, next: null, run: 1, step: "predict", reused: 8, results, told: {},
      states: ["pending", "running", "done", "skipped", "degraded", "quarantined", "waived"],
      lattice: { ix: nodes(columns), iy: nodes(rows), lon, lat } }]);
    const canvas = new bench.BlockCanvas(map, model);
    return { map, frame: changed => {
      for (const [n, state] of changed) model.set(...place(n), state);
      canvas.request();
    } };
  };
  const peer = () => {
    const map = start();
    const renderer = L.canvas({ padding: 0.15 });
    const colors = { pending: "#858f9d", running: "#2b59d0", done: "#0b6e63", quarantined: "#b3300f" };
    const style = state => ({ color: colors[state], weight: 1, fillColor: colors[state],
      fillOpacity: 0.3 });
    const shapes = Array.from({ length: count }, (_, n) => {
      const [x, y] = place(n), [left, top] = [west + x * size, north - y * size];
      const ring = [[top, left], [top, left + size], [top - size, left + size], [top - size, left]];
      return L.polygon(ring, { renderer, ...style(n % 9 ? "pending" : "quarantined") }).addTo(map);
    });
    return { map, frame: changed => {
      for (const [n, state] of changed) shapes[n].setStyle(style(state));
    } };
  };
  const states = ["pending", "running", "done", "quarantined"];
  const run = async make => {
    const { map, frame } = make();
    const gaps = [], work = [];
    await new Promise(requestAnimationFrame);
    let last = performance.now();
    for (let k = 0; k < frames; k += 1) {
      const begun = performance.now();
      const changed = Array.from({ length: changes }, (_, c) =>
        [(k * changes + c * 37) % count, states[(k + c) % 4]]);
      frame(changed);
      map.panBy([k % 2 ? 9 : -9, k % 3 ? 4 : -4], { animate: false });
      await new Promise(requestAnimationFrame);
      // The frame's own drawing has run before this callback; one more turn ends its painting.
      await new Promise(resolve => setTimeout(resolve, 0));
      work.push(performance.now() - begun);
      gaps.push(performance.now() - last);
      last = performance.now();
    }
    map.remove();
    return gaps.slice(5);
  };
  const found = { ours: [], peer: [] };
  for (let round = 0; round < 3; round += 1) {
    found.ours.push(...await run(ours));
    found.peer.push(...await run(peer));
  }
  return found;
}
