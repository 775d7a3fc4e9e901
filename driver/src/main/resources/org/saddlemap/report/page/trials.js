// The trials of the map, which come column by column and compressed, and their counts in its cells.

async function gunzip(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpack(cells) {
  const bytes = await gunzip(cells.data);
  let end = 0;
  const columns = cells.columns.map(({offset, width: w}) => {
    const part = bytes.slice(offset, offset + w * cells.rows);
    end = Math.max(end, offset + w * cells.rows);
    return w === 1 ? part : w === 2 ? new Uint16Array(part.buffer) : new Uint32Array(part.buffer);
  });
  const n = cells.axes.length;
  const ids = columns[n + 4];
  const idStart = new Uint32Array(cells.rows + 1);
  for (let r = 0; r < cells.rows; r++) idStart[r + 1] = idStart[r] + ids[r];
  const reasons = cells.reasons === null ? null : new TextDecoder().decode(await gunzip(cells.reasons)).split('\n');
  const codeOutcome = Uint8Array.from(cells.codes, c => outcome(c.outcome).index);
  const idBytes = bytes.subarray(end);
  return {
    rows: cells.rows, axes: cells.axes, view: cells.view, codes: cells.codes, codeOutcome,
    at: columns.slice(0, n), code: columns[n], count: columns[n + 1],
    edges: columns[n + 2], // of the row's trials, those on a knife edge
    /** The smallest margin of the row's trials, in decades; null where none is known. */
    margin: r => columns[n + 3][r] === 0 ? null : (columns[n + 3][r] - 1) / cells.marginParts,
    knifeEdge: cells.knifeEdge, replicates: cells.replicates,
    reason: r => (reasons && reasons[r]) || cells.codes[columns[n][r]].reason,
    ids(r) {
      const found = [];
      for (let i = idStart[r]; i < idStart[r + 1]; i++) {
        let hex = '';
        for (let b = 0; b < cells.idBytes; b++) hex += idBytes[i * cells.idBytes + b].toString(16).padStart(2, '0');
        found.push(hex);
      }
      return found;
    },
  };
}

/**
 * Counts of every cell under some axes and filters.
 *
 * state: x, y and facet, each the number of an axis or -1, and for every axis the value that it is held at, or -1
 */
function aggregate(trials, state) {
  const size = i => i < 0 ? 1 : trials.axes[i].texts.length;
  const nx = size(state.x), ny = size(state.y), nf = size(state.facet), k = OUTCOMES.length;
  const counts = new Float64Array(nx * ny * nf * k);
  const edges = new Float64Array(nx * ny * nf * k);
  const totals = new Float64Array(k);
  const active = state.filters.map((v, i) => [i, v]).filter(([i, v]) => v >= 0 && i !== state.x && i !== state.y && i !== state.facet);
  const x = state.x < 0 ? null : trials.at[state.x], y = state.y < 0 ? null : trials.at[state.y], f = state.facet < 0 ? null : trials.at[state.facet];
  rows: for (let r = 0; r < trials.rows; r++) {
    for (const [axis, value] of active) if (trials.at[axis][r] !== value) continue rows;
    const cell = ((f ? f[r] : 0) * ny + (y ? y[r] : 0)) * nx + (x ? x[r] : 0);
    const o = trials.codeOutcome[trials.code[r]];
    counts[cell * k + o] += trials.count[r];
    edges[cell * k + o] += trials.edges[r];
    totals[o] += trials.count[r];
  }
  return {active, ...summed({nx, ny, nf, k, counts, edges, totals})};
}

/** The counts of a map's cells, by cell and outcome, with what follows from them. */
function summed({nx, ny, nf, k, counts, edges, totals}) {
  let filled = 0, disagree = 0, onEdge = 0;
  for (let c = 0; c < nx * ny * nf; c++) {
    let kinds = 0;
    for (let o = 0; o < k; o++) kinds += counts[c * k + o] > 0 ? 1 : 0;
    filled += kinds > 0 ? 1 : 0;
    disagree += kinds > 1 ? 1 : 0;
  }
  const knife = Uint8Array.from({length: nx * ny * nf}, (_, c) => restsOnKnifeEdge(counts, edges, c * k, k) ? 1 : 0);
  for (const marked of knife) onEdge += marked;
  return {nx, ny, nf, k, counts, edges, knife, onEdge, totals, filled, disagree, total: totals.reduce((a, b) => a + b, 0)};
}

/**
 * Whether what a cell shows rests on knife edges: they are most of its trials, or without them its commonest
 * outcome would not be the commonest. As Cells.restsOnKnifeEdge.
 */
function restsOnKnifeEdge(counts, edges, from, k) {
  let commonest = 0, all = 0, onEdge = 0;
  for (let o = 0; o < k; o++) {
    if (counts[from + o] > counts[from + commonest]) commonest = o;
    all += counts[from + o];
    onEdge += edges[from + o];
  }
  if (2 * onEdge > all) return true;
  if (edges[from + commonest] === 0) return false;
  const sure = counts[from + commonest] - edges[from + commonest];
  for (let o = 0; o < k; o++) {
    if (o !== commonest && sure <= counts[from + o] - edges[from + o]) return true;
  }
  return false;
}
