// How a cell of the map looks: divided by the shares of its outcomes, with their letters, or as pixels.

/** The number of a cell, by its column, row and small map. */
const cellAtIndex = (view, x, y, f) => (f * view.ny + y) * view.nx + x;

/**
 * The shapes of one cell: its outcomes side by side, each with its letter where there is room.
 *
 * at: its middle and size; shares: pairs of an outcome and its trials; knife: whether it rests on a knife edge
 */
function cellShapes(at, shares, knife, empty) {
  const gap = Math.min(1.5, at.width / 12);
  const total = shares.reduce((a, b) => a + b[1], 0);
  const box = {x: at.x - at.width / 2 + gap / 2, y: at.y - at.height / 2 + gap / 2, width: at.width - gap, height: at.height - gap};
  if (!total) return {type: 'rect', shape: box, style: {fill: empty}};
  const children = [];
  let from = box.x;
  for (const [o, n] of shares) {
    const part = box.width * n / total;
    children.push({type: 'rect', shape: {x: from, y: box.y, width: part, height: box.height}, style: {fill: OUTCOMES[o].color}});
    const size = Math.min(15, box.height * 0.62, part * 0.95);
    if (size >= 8) {
      children.push({type: 'text', style: {text: OUTCOMES[o].letter, x: from + part / 2, y: at.y, fill: '#111', align: 'center', verticalAlign: 'middle', font: '600 ' + size.toFixed(1) + 'px system-ui, "DejaVu Sans", sans-serif'}});
    }
    from += part;
  }
  if (knife) {
    const corner = Math.min(9, 0.45 * Math.min(box.width, box.height)), right = box.x + box.width;
    children.push({type: 'polygon', shape: {points: [[right - corner, box.y], [right, box.y], [right, box.y + corner]]}, style: {fill: '#111'}});
  }
  return {type: 'group', children};
}

/** The cells of a small map as an image of k×k pixels each, for large maps. */
function cellPixels(view, f, drawn) {
  const k = view.nx * view.ny > 40000 ? 2 : 4;
  const canvas = document.createElement('canvas');
  canvas.width = view.nx * k;
  canvas.height = view.ny * k;
  const g = canvas.getContext('2d');
  for (let y = 0; y < view.ny; y++) {
    for (let x = 0; x < view.nx; x++) {
      const s = drawn(cellAtIndex(view, x, y, f));
      const total = s.reduce((a, b) => a + b[1], 0);
      let from = 0;
      for (const [o, n] of s) {
        const to = from + n / total * k;
        g.fillStyle = OUTCOMES[o].color;
        g.fillRect(x * k + Math.round(from), (view.ny - 1 - y) * k, Math.round(to) - Math.round(from), k);
        from = to;
      }
      if (view.knife[cellAtIndex(view, x, y, f)]) {
        g.fillStyle = '#111';
        g.fillRect(x * k + k - 1, (view.ny - 1 - y) * k, 1, 1);
      }
    }
  }
  return canvas;
}
