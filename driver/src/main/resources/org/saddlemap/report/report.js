(() => {
'use strict';

// What the page holds; Java writes it (SweepReport.json). All text goes through textContent.
const page = JSON.parse(document.getElementById('data').textContent);
let data = page.reports[0]; // the report that is shown

// Colours by Okabe and Ito (2008), safe for the colour-blind; letters tell the same without colour.
const OUTCOMES = [
  {key: 'optimum', letter: 'O', color: '#009E73', symbol: 'circle'},
  {key: 'saddle', letter: 'S', color: '#E69F00', symbol: 'diamond'},
  {key: 'plateau', letter: 'P', color: '#56B4E9', symbol: 'rect'},
  {key: 'diverged', letter: 'D', color: '#D55E00', symbol: 'triangle'},
  {key: 'descending', letter: '·', color: '#BBBBBB', symbol: 'pin'},
  {key: 'unjudged', letter: '?', color: '#E6E0CF', symbol: 'roundRect'},
  {key: 'failed', letter: '×', color: '#CC79A7', symbol: 'arrow'},
  {key: 'timed_out', letter: '×', color: '#CC79A7', symbol: 'arrow'},
];
const OUTCOME = new Map(OUTCOMES.map((o, i) => [o.key, {...o, index: i}]));
const LINES = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#999999', '#000000'];

// ---- small helpers -------------------------------------------------------------------------

/** An element: attributes, listeners (on…), and children that are nodes or plain text. */
function h(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (v === true) e.setAttribute(k, '');
    else if (v !== false && v !== null && v !== undefined) e.setAttribute(k, v);
  }
  for (const c of children.flat()) {
    if (c !== null && c !== undefined) e.append(c instanceof Node ? c : String(c));
  }
  return e;
}

const count = n => n.toLocaleString('en-US');
const percent = x => x === null || x === undefined ? '–'
    : (100 * x).toFixed(x > 0.995 && x < 1 || x < 0.01 && x > 0 ? 1 : 0) + ' %';
function number(v) {
  if (v === null || v === undefined) return '–';
  if (typeof v !== 'number') return String(v);
  if (v === 0) return '0';
  if (Number.isInteger(v) && Math.abs(v) < 1e9) return count(v);
  const a = Math.abs(v);
  return a !== 0 && (a < 1e-3 || a >= 1e6) ? v.toExponential(2).replace('e+', 'e') : String(Number(v.toPrecision(4)));
}
/** A tick of a log axis. */
const power = v => v >= 1e4 || v < 1e-2 ? v.toExponential(0).replace('e+', 'e') : String(v);
function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 1) return Math.round(1000 * seconds) + ' ms';
  if (seconds < 120) return number(Number(seconds.toPrecision(3))) + ' s';
  const m = Math.round(seconds / 60);
  return m < 120 ? m + ' min' : number(Number((m / 60).toPrecision(3))) + ' h';
}
/** {columns, rows} as objects. */
const objects = t => t.rows.map(r => Object.fromEntries(t.columns.map((c, i) => [c, r[i]])));
const outcome = key => OUTCOME.get(key) || {key, letter: '?', color: '#999999', symbol: 'circle', index: 0};

/** A name of the tables as words. */
const words = name => name.replaceAll('_', ' ');

function category(key) {
  const o = outcome(key);
  return h('span', {class: 'cat'}, h('span', {class: 'key', style: 'background:' + o.color, 'aria-hidden': 'true'}, o.letter), o.key);
}

function copyButton(text, label) {
  return h('button', {type: 'button', class: 'copy', 'aria-label': 'Copy ' + label, onclick: async e => {
    const b = e.currentTarget;
    try {
      await navigator.clipboard.writeText(text);
    } catch (refused) {
      const t = h('textarea', {class: 'visually-hidden'});
      t.value = text;
      document.body.append(t);
      t.select();
      document.execCommand('copy');
      t.remove();
    }
    b.textContent = 'copied';
    setTimeout(() => { b.textContent = 'copy'; }, 1500);
  }}, 'copy');
}

/** A table; numbers to the right. Cells may be nodes. */
function table(columns, rows, caption) {
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every(r => r[i] === null || typeof r[i] === 'number'));
  return h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table: ' + caption},
    h('table', {}, h('caption', {class: 'visually-hidden'}, caption),
      h('thead', {}, h('tr', {}, columns.map((c, i) => h('th', {scope: 'col', class: numeric[i] ? 'n' : null}, c)))),
      h('tbody', {}, rows.map(r => h('tr', {}, r.map((v, i) =>
        h('td', {class: numeric[i] ? 'n' : null}, v instanceof Node || typeof v !== 'number' ? (v === null ? '–' : v) : number(v))))))));
}

function section(id, title, ...children) {
  const s = h('section', {id, 'aria-labelledby': id + '-title'}, h('h2', {id: id + '-title'}, title), ...children);
  document.getElementById('main').append(s);
  document.getElementById('nav').append(h('a', {href: '#' + id}, title));
  return s;
}

function select(id, label, options, value, onchange) {
  const s = h('select', {id, onchange: e => onchange(e.target.value)},
    options.map(([v, text]) => h('option', {value: v, selected: String(v) === String(value)}, text)));
  return h('label', {for: id}, label, s);
}

// ---- theme and charts ----------------------------------------------------------------------

const root = document.documentElement;
const css = name => getComputedStyle(root).getPropertyValue(name).trim();
const charts = []; // {chart, element, option()}

function drawAll() {
  for (const c of charts) c.draw();
}

/** A chart whose option is made anew for every theme and size. */
function chart(element, option) {
  if (!element.hasAttribute('role')) element.setAttribute('role', 'img'); // its words are the library's
  const instance = echarts.init(element, null, {renderer: 'canvas', devicePixelRatio: Math.max(2, window.devicePixelRatio)}); // sharp on paper too
  const draw = () => {
    const text = css('--text'), soft = css('--soft'), line = css('--line');
    const o = option({text, soft, line, bg: css('--bg')});
    const axis = a => ({
      axisLine: {onZero: false, lineStyle: {color: soft}}, axisTick: {lineStyle: {color: soft}},
      nameTextStyle: {color: soft}, nameLocation: 'middle', ...a,
      axisLabel: {color: soft, hideOverlap: true, ...(a.axisLabel || {})},
      splitLine: {lineStyle: {color: line}, ...(a.splitLine || {})},
    });
    for (const k of ['xAxis', 'yAxis']) {
      if (o[k]) o[k] = Array.isArray(o[k]) ? o[k].map(axis) : axis(o[k]);
    }
    instance.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: {color: text, fontFamily: 'system-ui, "DejaVu Sans", sans-serif'},
      aria: {enabled: true}, ...o,
      legend: o.legend ? {textStyle: {color: text}, inactiveColor: soft, type: 'scroll', ...o.legend} : undefined,
      tooltip: o.tooltip ? {confine: true, backgroundColor: css('--tip'), borderWidth: 0, textStyle: {color: css('--tip-text'), fontSize: 12}, renderMode: 'richText', ...o.tooltip} : undefined,
    }, true);
  };
  let width = 0;
  // The page's grids give charts their width as they fill up; phones are turned.
  const observer = new ResizeObserver(() => {
    if (element.clientWidth !== width) (entry.onresize || entry.resize)();
  });
  const entry = {
    instance, element, draw,
    resize() { width = element.clientWidth; instance.resize(); draw(); },
    dispose() { observer.disconnect(); instance.dispose(); },
  };
  charts.push(entry);
  observer.observe(element);
  return entry;
}

const themeButton = document.getElementById('theme');
const THEMES = ['auto', 'light', 'dark'];
let theme = 'auto';
function setTheme(next) {
  theme = next;
  if (theme === 'auto') root.removeAttribute('data-theme'); else root.setAttribute('data-theme', theme);
  themeButton.textContent = 'Theme: ' + theme;
  themeButton.setAttribute('aria-label', 'Colours: ' + (theme === 'auto' ? 'as the system' : theme));
  drawAll();
}
themeButton.addEventListener('click', () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % 3]));
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);

// On paper: light colours, charts as wide as the sheet, and nothing folded away.
let onScreen = {theme: 'auto', closed: []};
function resizeAll() {
  for (const c of charts) (c.onresize || c.resize)();
}
window.addEventListener('beforeprint', () => {
  onScreen = {theme, closed: [...document.querySelectorAll('section > details:not([open])')]};
  for (const d of onScreen.closed) d.open = true;
  fillMapTable(); // its own event comes too late
  root.setAttribute('data-printing', '');
  setTheme('light');
  resizeAll();
});
window.addEventListener('afterprint', () => {
  for (const d of onScreen.closed) d.open = false;
  root.removeAttribute('data-printing');
  setTheme(onScreen.theme);
  resizeAll();
});

// ---- the trials, column by column ----------------------------------------------------------

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
    rows: cells.rows, axes: cells.axes, codes: cells.codes, codeOutcome,
    at: columns.slice(0, n), code: columns[n], count: columns[n + 1],
    edges: columns[n + 2], // of the row's trials, those on a knife edge
    /** The smallest margin of the row's trials, in decades; null where none is known. */
    margin: r => columns[n + 3][r] === 0 ? null : (columns[n + 3][r] - 1) / cells.marginParts,
    knifeEdge: cells.knifeEdge,
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

// ---- the phase map -------------------------------------------------------------------------

let fillMapTable = () => {};

const LETTERS_UP_TO = 4000; // cells; beyond, the map is drawn as pixels

function phaseMap(trials) {
  const axes = trials.axes;
  const byKey = key => axes.findIndex(a => a.key === key);
  const order = axes.map((a, i) => i).sort((a, b) => axes[b].ordered - axes[a].ordered || axes[b].texts.length - axes[a].texts.length);
  const state = {x: -1, y: -1, facet: -1, filters: axes.map(() => -1), selected: null, cursor: null};
  state.x = [byKey('learning_rate'), byKey('learning_rate_sharpness'), ...order].find(i => i >= 0 && i !== byKey('depth')) ?? -1;
  state.y = [byKey('depth'), ...order].find(i => i >= 0 && i !== state.x) ?? -1;
  state.facet = [byKey('sweep'), byKey('initializer'), ...order].find(i => i >= 0 && i !== state.x && i !== state.y && axes[i].texts.length <= 12) ?? -1;

  const map = section('map', 'Phase map',
    h('p', {class: 'soft'}, 'Where each descent ended. A cell has the colour and letter of its trials’ ending; where they disagree, it is divided by their shares. ',
      'A dark corner marks a knife edge: what the cell shows rests on trials whose verdict a little more of this or less of that would have changed. ',
      'Point at a cell for its counts and reason; click it for its trials.'));
  const controls = h('div', {class: 'controls', role: 'group', 'aria-label': 'Axes and filters of the map'});
  const legend = h('ul', {class: 'legend', id: 'legend'});
  const status = h('p', {class: 'small soft', id: 'status', role: 'status'});
  const element = h('div', {id: 'chart', tabindex: 0, role: 'application', 'aria-roledescription': 'phase map', 'aria-describedby': 'map-help'});
  const cursor = h('div', {id: 'cursor'});
  const tip = h('div', {id: 'tip'});
  const live = h('div', {class: 'visually-hidden', 'aria-live': 'polite', id: 'live'});
  const list = h('div', {id: 'trials'});
  const tableBox = h('div', {});
  const details = h('details', {id: 'as-table', ontoggle: () => fillTable()}, h('summary', {}, 'The map as a table'), tableBox);
  map.append(controls, legend, status,
    h('div', {class: 'mapbox'}, element, cursor, tip),
    h('p', {id: 'map-help', class: 'small soft'}, 'By keyboard: focus the map, move with the arrow keys (Page Up and Page Down between the small maps), press Enter to list a cell’s trials.'),
    live, list, details);

  let view = null;

  /** Counts of every cell under the current axes and filters. */
  function aggregate() {
    const size = i => i < 0 ? 1 : axes[i].texts.length;
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
    let filled = 0, disagree = 0, onEdge = 0;
    for (let c = 0; c < nx * ny * nf; c++) {
      let kinds = 0;
      for (let o = 0; o < k; o++) kinds += counts[c * k + o] > 0 ? 1 : 0;
      filled += kinds > 0 ? 1 : 0;
      disagree += kinds > 1 ? 1 : 0;
    }
    const knife = Uint8Array.from({length: nx * ny * nf}, (_, c) => restsOnKnifeEdge(counts, edges, c * k, k) ? 1 : 0);
    for (const marked of knife) onEdge += marked;
    return {nx, ny, nf, k, counts, edges, knife, onEdge, totals, active, filled, disagree, total: totals.reduce((a, b) => a + b, 0)};
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

  /** [outcome index, trials] of a cell, the commonest first. */
  function shares(cell) {
    const s = [];
    for (let o = 0; o < view.k; o++) {
      const n = view.counts[cell * view.k + o];
      if (n > 0) s.push([o, n]);
    }
    return s.sort((a, b) => b[1] - a[1]);
  }

  /** The same in the legend's order, which makes neighbours alike. */
  const drawn = cell => shares(cell).sort((a, b) => a[0] - b[0]);

  const cellOf = (x, y, f) => (f * view.ny + y) * view.nx + x;
  const inCell = cell => {
    const x = cell % view.nx, y = Math.floor(cell / view.nx) % view.ny, f = Math.floor(cell / view.nx / view.ny);
    return [[state.x, x], [state.y, y], [state.facet, f], ...view.active].filter(([axis]) => axis >= 0);
  };
  function rowsOf(cell) {
    const where = inCell(cell), found = [];
    rows: for (let r = 0; r < trials.rows; r++) {
      for (const [axis, value] of where) if (trials.at[axis][r] !== value) continue rows;
      found.push(r);
    }
    return found;
  }
  const place = cell => inCell(cell).map(([axis, v]) => axes[axis].key + ' ' + axes[axis].texts[v]).join(', ');

  /** What hover, focus and screen readers say of a cell. */
  function describe(cell) {
    const s = shares(cell);
    if (s.length === 0) return {title: place(cell), counts: [], total: 0, margin: '', reason: 'No trials here.'};
    const total = s.reduce((a, b) => a + b[1], 0);
    const tally = new Map();
    let typical = -1, most = 0, least = null, onEdge = 0;
    for (const r of rowsOf(cell)) {
      onEdge += trials.edges[r];
      const margin = trials.margin(r);
      if (margin !== null && (least === null || margin < least)) least = margin;
      if (trials.codeOutcome[trials.code[r]] !== s[0][0]) continue;
      const n = (tally.get(trials.code[r]) || 0) + trials.count[r];
      tally.set(trials.code[r], n);
      if (n > most) { most = n; typical = r; }
    }
    const code = trials.codes[trials.code[typical]];
    return {title: place(cell), total, counts: s.map(([o, n]) => [OUTCOMES[o], n]), sub: code.subCategory, cause: code.cause,
      margin: least === null ? '' : (total > 1 ? 'Smallest margin ' : 'Margin ') + decades(least) + (onEdge ? ', a knife edge' + (total > 1 ? ' (' + count(onEdge) + ' of ' + count(total) + ' trials)' : '') : ''),
      reason: trials.reason(typical)};
  }

  const decades = margin => (margin === 0 ? '0' : number(margin)) + ' decades';
  const EDGE_TEXT = 'knife edge: margin below ' + trials.knifeEdge + ' decades';

  const cellCount = n => n === 1 ? '1 cell' : count(n) + ' cells';

  function draw() {
    view = aggregate();
    legend.replaceChildren(...[...OUTCOMES.map((o, i) => view.totals[i] > 0 || i < 5
      ? h('li', {'data-outcome': o.key, 'data-count': view.totals[i]}, h('span', {class: 'key', style: 'background:' + o.color, 'aria-hidden': 'true'}, o.letter),
          o.key + ' ' + count(view.totals[i]) + (view.total ? ' (' + percent(view.totals[i] / view.total) + ')' : ''))
      : null), view.onEdge === 0 ? null : h('li', {'data-knife-edge': view.onEdge}, h('span', {class: 'key edge', 'aria-hidden': 'true'}), EDGE_TEXT + ', ' + cellCount(view.onEdge))].filter(Boolean));
    status.textContent = count(view.total) + ' trials in ' + count(view.filled) + ' cells; in ' + count(view.disagree) + ' of them the trials disagree'
      + (view.onEdge ? '; what ' + cellCount(view.onEdge) + ' ' + (view.onEdge === 1 ? 'shows' : 'show') + ' rests on knife edges.' : '.');
    element.setAttribute('aria-label', 'Phase map of ' + [state.y, state.x].filter(i => i >= 0).map(i => axes[i].key).join(' by ')
      + (state.facet >= 0 ? ', one for each ' + axes[state.facet].key : '') + '. ' + status.textContent);
    arrange();
    state.selected = null;
    list.replaceChildren();
    if (details.open) fillTable();
  }

  function arrange() {
    layout();
    mapChart.resize();
    hideTip();
    moveCursor(null);
  }

  let grids = [];
  let exporting = false; // The saved picture carries its legend.
  function layout() {
    const head = exporting ? 40 : 4;
    const w = element.clientWidth || 320;
    const yLabel = 12 + 7 * Math.max(...(state.y < 0 ? [''] : axes[state.y].texts).map(t => t.length));
    const left = Math.min(110, 26 + yLabel);
    const fit = Math.max(1, Math.min(view.nf, Math.floor(w / Math.max(250, root.hasAttribute('data-printing') ? 0 : Math.min(460, left + view.nx * 48 + 16)))));
    const perRow = Math.ceil(view.nf / Math.ceil(view.nf / fit)); // rows of equal length
    const panel = w / perRow;
    const plotW = Math.max(40, panel - left - 14);
    const cellW = plotW / view.nx;
    const plotH = Math.max(90, Math.min(420, view.ny * Math.max(26, Math.min(52, cellW * 0.8))));
    const rowH = plotH + 84;
    grids = [];
    for (let f = 0; f < view.nf; f++) {
      const col = f % perRow, row = Math.floor(f / perRow);
      grids.push({left: col * panel + left, top: head + row * rowH + 22, width: plotW, height: plotH});
    }
    element.style.height = head + Math.ceil(view.nf / perRow) * rowH + 'px';
  }

  /** The cells as an image of k×k pixels each, for large maps. */
  function pixels(f) {
    const k = view.nx * view.ny > 40000 ? 2 : 4;
    const canvas = document.createElement('canvas');
    canvas.width = view.nx * k;
    canvas.height = view.ny * k;
    const g = canvas.getContext('2d');
    for (let y = 0; y < view.ny; y++) {
      for (let x = 0; x < view.nx; x++) {
        const s = drawn(cellOf(x, y, f));
        const total = s.reduce((a, b) => a + b[1], 0);
        let from = 0;
        for (const [o, n] of s) {
          const to = from + n / total * k;
          g.fillStyle = OUTCOMES[o].color;
          g.fillRect(x * k + Math.round(from), (view.ny - 1 - y) * k, Math.round(to) - Math.round(from), k);
          from = to;
        }
        if (view.knife[cellOf(x, y, f)]) {
          g.fillStyle = '#111';
          g.fillRect(x * k + k - 1, (view.ny - 1 - y) * k, 1, 1);
        }
      }
    }
    return canvas;
  }

  const mapChart = chart(element, colors => {
    if (!view) return {};
    const small = view.nx * view.ny * view.nf <= LETTERS_UP_TO;
    const empty = css('--empty');
    const texts = i => i < 0 ? ['all'] : axes[i].texts;
    const name = i => i < 0 ? '' : axes[i].key;
    return {
      title: [
        {left: 0, top: 4, textStyle: {fontSize: 13, fontWeight: 'normal', color: colors.text, rich: Object.fromEntries(OUTCOMES.map(o => [o.key, {backgroundColor: o.color, color: '#111', fontWeight: 'bold', width: 16, height: 16, align: 'center', borderRadius: 3, lineHeight: 18}]))},
          text: !exporting ? '' : OUTCOMES.filter((o, i) => view.totals[i] > 0).map(o => '{' + o.key + '|' + o.letter + '} ' + o.key).join('    ') + (view.onEdge ? '    ◥ ' + EDGE_TEXT : '')},
        ...grids.map((g, f) => ({left: g.left, top: g.top - 22, textStyle: {fontSize: 12, fontWeight: 600, color: colors.text, width: g.width, overflow: 'truncate'},
          text: state.facet < 0 ? '' : axes[state.facet].key + ' = ' + axes[state.facet].texts[f]})),
      ],
      grid: grids,
      xAxis: grids.map((g, i) => ({gridIndex: i, type: 'category', data: texts(state.x), name: name(state.x), nameGap: 28, splitLine: {show: false}, axisTick: {show: false}, axisLabel: {fontSize: 11}})),
      yAxis: grids.map((g, i) => ({gridIndex: i, type: 'category', data: texts(state.y), name: name(state.y), nameGap: g.left > 60 || view.nf === 1 ? Math.min(80, 14 + 7 * Math.max(...texts(state.y).map(t => t.length))) : 28, splitLine: {show: false}, axisTick: {show: false}, axisLabel: {fontSize: 11}})),
      series: grids.map((g, f) => ({
        type: 'custom', xAxisIndex: f, yAxisIndex: f, silent: true, clip: true,
        data: small ? Array.from({length: view.nx * view.ny}, (_, i) => [i % view.nx, Math.floor(i / view.nx)]) : [[0, 0]],
        renderItem(params, api) {
          if (!small) {
            return {type: 'image', style: {image: pixels(f), x: g.left, y: g.top, width: g.width, height: g.height}};
          }
          const x = api.value(0), y = api.value(1);
          const [cx, cy] = api.coord([x, y]);
          const [cw, ch] = api.size([1, 1]);
          const gap = Math.min(1.5, cw / 12);
          const s = drawn(cellOf(x, y, f));
          const total = s.reduce((a, b) => a + b[1], 0);
          const box = {x: cx - cw / 2 + gap / 2, y: cy - ch / 2 + gap / 2, width: cw - gap, height: ch - gap};
          if (!total) return {type: 'rect', shape: box, style: {fill: empty}};
          const children = [];
          let from = box.x;
          for (const [o, n] of s) {
            const part = box.width * n / total;
            children.push({type: 'rect', shape: {x: from, y: box.y, width: part, height: box.height}, style: {fill: OUTCOMES[o].color}});
            const size = Math.min(15, box.height * 0.62, part * 0.95);
            if (size >= 8) {
              children.push({type: 'text', style: {text: OUTCOMES[o].letter, x: from + part / 2, y: cy, fill: '#111', align: 'center', verticalAlign: 'middle', font: '600 ' + size.toFixed(1) + 'px system-ui, "DejaVu Sans", sans-serif'}});
            }
            from += part;
          }
          if (view.knife[cellOf(x, y, f)]) {
            const corner = Math.min(9, 0.45 * Math.min(box.width, box.height)), right = box.x + box.width;
            children.push({type: 'polygon', shape: {points: [[right - corner, box.y], [right, box.y], [right, box.y + corner]]}, style: {fill: '#111'}});
          }
          return {type: 'group', children};
        },
      })),
    };
  });

  mapChart.onresize = arrange;

  // One way for mouse, touch and keyboard: a cell is found, described, listed.
  function cellAt(px, py) {
    for (let f = 0; f < grids.length; f++) {
      const g = grids[f];
      if (px < g.left || px >= g.left + g.width || py < g.top || py >= g.top + g.height) continue;
      const x = Math.floor((px - g.left) / g.width * view.nx);
      const y = view.ny - 1 - Math.floor((py - g.top) / g.height * view.ny);
      return cellOf(x, y, f);
    }
    return null;
  }
  function boxOf(cell) {
    const x = cell % view.nx, y = Math.floor(cell / view.nx) % view.ny, g = grids[Math.floor(cell / view.nx / view.ny)];
    const cw = g.width / view.nx, ch = g.height / view.ny;
    return {left: g.left + x * cw, top: g.top + (view.ny - 1 - y) * ch, width: cw, height: ch};
  }
  function showTip(cell) {
    const d = describe(cell);
    tip.replaceChildren(...[h('strong', {}, d.title),
      h('ul', {}, d.counts.map(([o, n]) => h('li', {}, o.letter + ' ' + o.key + ': ' + count(n) + ' of ' + count(d.total) + ' (' + percent(n / d.total) + ')'))),
      d.margin ? h('div', {}, d.margin) : null,
      d.cause ? h('div', {}, 'Cause: ' + words(d.cause)) : null,
      h('div', {}, d.sub ? d.sub + ': ' : '', d.reason)].filter(Boolean));
    tip.style.display = 'block';
    const b = boxOf(cell);
    const left = Math.min(b.left + b.width / 2, element.clientWidth - tip.offsetWidth - 4);
    const below = b.top + b.height + 10;
    tip.style.left = Math.max(0, left) + 'px';
    tip.style.top = below + 'px';
    return d;
  }
  function hideTip() { tip.style.display = 'none'; }
  function moveCursor(cell) {
    state.cursor = cell;
    cursor.style.display = cell === null ? 'none' : 'block';
    if (cell === null) return;
    const b = boxOf(cell);
    for (const k of ['left', 'top', 'width', 'height']) cursor.style[k] = b[k] + 'px';
  }

  let hovered = null;
  element.addEventListener('mousemove', e => {
    const r = element.getBoundingClientRect();
    const cell = cellAt(e.clientX - r.left, e.clientY - r.top);
    if (cell === hovered && tip.style.display === 'block') return;
    hovered = cell;
    if (cell === null) hideTip(); else showTip(cell);
  });
  element.addEventListener('mouseleave', () => { hovered = null; hideTip(); });
  element.addEventListener('click', e => {
    const r = element.getBoundingClientRect();
    const cell = cellAt(e.clientX - r.left, e.clientY - r.top);
    if (cell !== null) { moveCursor(cell); listTrials(cell); }
  });
  element.addEventListener('blur', () => { hideTip(); moveCursor(null); });
  element.addEventListener('keydown', e => {
    const per = view.nx * view.ny;
    let cell = state.cursor;
    const x = cell === null ? 0 : cell % view.nx, y = cell === null ? 0 : Math.floor(cell / view.nx) % view.ny, f = cell === null ? 0 : Math.floor(cell / per);
    const to = {ArrowRight: [x + 1, y, f], ArrowLeft: [x - 1, y, f], ArrowUp: [x, y + 1, f], ArrowDown: [x, y - 1, f], PageDown: [x, y, f + 1], PageUp: [x, y, f - 1], Home: [0, y, f], End: [view.nx - 1, y, f]}[e.key];
    if (e.key === 'Escape') { hideTip(); moveCursor(null); return; }
    if ((e.key === 'Enter' || e.key === ' ') && cell !== null) { e.preventDefault(); listTrials(cell); return; }
    if (!to) return;
    e.preventDefault();
    const clamp = (v, n) => Math.max(0, Math.min(n - 1, v));
    cell = cell === null ? 0 : cellOf(clamp(to[0], view.nx), clamp(to[1], view.ny), clamp(to[2], view.nf));
    moveCursor(cell);
    const d = showTip(cell);
    live.textContent = d.title + '. ' + d.counts.map(([o, n]) => o.key + ' ' + n).join(', ') + '. ' + (d.margin ? d.margin + '. ' : '') + (d.cause ? 'Cause: ' + words(d.cause) + '. ' : '') + d.reason;
  });

  function sql(cell) {
    const where = inCell(cell).map(([axis, v]) => axes[axis].tests[v]);
    if (data.sweeps.length === 1) where.unshift("sweep = '" + data.sweeps[0].id + "'");
    return 'SELECT trial_id, category, sub_category, cause, margin, reason, final_loss, heldout_accuracy, configuration\nFROM trials\nWHERE ' + where.join(' AND ');
  }

  /** The margin of a row's trials, in decades; the smallest of several. */
  function marginOf(r) {
    const margin = trials.margin(r);
    if (margin === null) return '–';
    return (trials.count[r] > 1 ? '≥ ' : '') + number(margin)
      + (trials.edges[r] ? ' (knife edge' + (trials.count[r] > 1 ? ': ' + count(trials.edges[r]) + ' of ' + count(trials.count[r]) : '') + ')' : '');
  }

  function listTrials(cell) {
    state.selected = cell;
    const rows = rowsOf(cell);
    const shown = rows.slice(0, 60);
    const others = axes.map((a, i) => i).filter(i => !inCell(cell).some(([axis]) => axis === i));
    const query = sql(cell);
    const total = rows.reduce((n, r) => n + trials.count[r], 0);
    list.replaceChildren(h('div', {class: 'panel'},
      h('h3', {style: 'margin-top:0', tabindex: -1, id: 'trials-title'}, count(total) + ' trials at ' + place(cell)),
      total === 0 ? 'No trials here.' : table(['ended', 'kind', 'cause', 'margin', ...others.map(i => axes[i].key), 'trials', 'ids, for explain', 'reason'],
        shown.map(r => {
          const code = trials.codes[trials.code[r]];
          const ids = trials.ids(r);
          return [category(code.outcome), code.subCategory, code.cause ? words(code.cause) : '–', marginOf(r), ...others.map(i => axes[i].texts[trials.at[i][r]]), trials.count[r],
            h('span', {class: 'mono'}, ids.slice(0, 6).map(id => h('span', {style: 'white-space:nowrap'}, id, copyButton('saddlemap explain ' + id, 'the command that explains trial ' + id), ' ')), ids.length < trials.count[r] ? '…' : ''),
            trials.reason(r)];
        }), 'Trials of the cell'),
      rows.length > shown.length ? h('p', {class: 'small soft'}, 'The first ' + shown.length + ' of ' + count(rows.length) + ' rows.') : null,
      h('p', {class: 'small', style: 'margin-bottom:2px'}, 'All of them, in full:', copyButton(query, 'the query')),
      h('pre', {}, query)));
    list.querySelector('#trials-title').focus({preventScroll: true});
  }

  function fillTable() {
    if (!details.open) return;
    if (view.filled > 6000) {
      tableBox.replaceChildren(h('p', {class: 'soft'}, count(view.filled) + ' cells are too many for a table to be read; set filters, or ask with SQL.'));
      return;
    }
    const xs = state.x < 0 ? ['all'] : axes[state.x].texts, ys = state.y < 0 ? ['all'] : axes[state.y].texts;
    const tables = [];
    for (let f = 0; f < view.nf; f++) {
      const caption = state.facet < 0 ? 'All trials' : axes[state.facet].key + ' = ' + axes[state.facet].texts[f];
      tables.push(h('h3', {}, caption), h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table: ' + caption}, h('table', {class: 'cells'},
        h('caption', {class: 'visually-hidden'}, caption),
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, (state.y < 0 ? '' : axes[state.y].key) + ' \\ ' + (state.x < 0 ? '' : axes[state.x].key)), xs.map(t => h('th', {scope: 'col'}, t)))),
        h('tbody', {}, ys.map((t, y) => h('tr', {}, h('th', {scope: 'row'}, t), xs.map((_, x) => {
          const cell = cellOf(x, y, f);
          const s = shares(cell);
          const total = s.reduce((a, b) => a + b[1], 0);
          const text = s.length === 0 ? '' : s.length === 1 ? OUTCOMES[s[0][0]].letter + ' ' + count(total) : s.map(([o, n]) => OUTCOMES[o].letter + ' ' + count(n)).join(', ');
          return h('td', {'data-cell': cell, 'data-knife-edge': view.knife[cell] ? true : null, onclick: () => listTrials(cell), title: s.map(([o, n]) => OUTCOMES[o].key + ' ' + n).join(', ') || 'no trials'},
            text, view.knife[cell] ? h('span', {class: 'soft'}, ' ◥', h('span', {class: 'visually-hidden'}, 'knife edge')) : null);
        })))))));
    }
    tableBox.replaceChildren(...tables);
  }

  function fillControls() {
    const names = axes.map((a, i) => [i, a.key]);
    const set = (what, v) => {
      const old = state[what];
      v = Number(v);
      for (const other of ['x', 'y', 'facet']) if (other !== what && state[other] === v && v >= 0) state[other] = old;
      state[what] = v;
      fillControls();
      draw();
      document.getElementById('axis-' + what).focus();
    };
    controls.replaceChildren(
      select('axis-x', 'across', names, state.x, v => set('x', v)),
      select('axis-y', 'up', [...names, [-1, 'nothing']], state.y, v => set('y', v)),
      select('axis-facet', 'one map for each', [[-1, 'nothing'], ...names.filter(([i]) => axes[i].texts.length <= 60)], state.facet, v => set('facet', v)),
      ...names.filter(([i]) => i !== state.x && i !== state.y && i !== state.facet).map(([i, key]) =>
        select('filter-' + key, key, [[-1, 'all'], ...axes[i].texts.map((t, v) => [v, t])], state.filters[i], v => { state.filters[i] = Number(v); draw(); })),
      h('span', {class: 'gap'}),
      h('button', {type: 'button', id: 'save-png', onclick: savePng}, 'Save as PNG'));
  }

  function savePng() {
    exporting = true;
    arrange();
    const url = mapChart.instance.getDataURL({type: 'png', pixelRatio: 2, backgroundColor: css('--bg')});
    exporting = false;
    arrange();
    const a = h('a', {href: url, download: data.sweeps.map(s => s.id).join('-') + '-map.png'});
    document.body.append(a);
    a.click();
    a.remove();
  }

  if (axes.length === 0) {
    map.append(h('p', {}, 'This sweep varies nothing: all its trials share one cell.'));
  }
  fillMapTable = fillTable;
  fillControls();
  draw();
}

// ---- the other sections --------------------------------------------------------------------

function lead() {
  const box = document.getElementById('lead');
  for (const s of data.sweeps) {
    box.append(h('p', {class: 'soft'}, (data.sweeps.length > 1 ? s.id + ': ' : '') + count(s.trials) + ' trials'
      + (s.trials < s.planned ? ' of ' + count(s.planned) + ' planned' : '') + ' on ' + s.data + '.'));
  }
  if (!data.outcomes) return;
  const rows = objects(data.outcomes).sort((a, b) => outcome(a.outcome).index - outcome(b.outcome).index);
  const total = rows.reduce((n, r) => n + r.trials, 0);
  box.append(
    h('div', {class: 'sum', role: 'img', 'aria-label': rows.map(r => r.outcome + ' ' + percent(r.trials / total)).join(', ')},
      rows.map(r => h('span', {style: 'flex:' + r.trials + ' 0 0;background:' + outcome(r.outcome).color, title: r.outcome + ': ' + count(r.trials)}, r.trials / total > 0.03 ? outcome(r.outcome).letter + (r.trials / total > 0.12 ? ' ' + percent(r.trials / total) : '') : ''))));
}

function drivers() {
  const s = section('drivers', 'What drives it');
  if (data.importance.length === 0 && data.rules.length === 0) {
    s.append(h('p', {}, 'Too few trials, or too few endings that differ, to fit a model to.'));
    return;
  }
  s.append(h('p', {class: 'soft'}, 'Random forests predict how a trial ends from its hyperparameters. A bar is how much the prediction of configurations that the forest has not seen gets worse when that hyperparameter’s values are shuffled.'));
  const grid = h('div', {class: 'grid two'});
  s.append(grid);
  for (const target of [...new Set(data.importance.map(r => r.target))]) {
    const rows = data.importance.filter(r => r.target === target);
    const r0 = rows[0];
    const measure = r0.measure === 'auc' ? 'AUC' : 'R²';
    const title = target === 'loss' ? 'The final loss (log10)' : 'P(' + target + ')';
    const quality = 'Held-out ' + measure + ' ' + r0.quality.toFixed(3) + ' on ' + count(r0.heldOut) + ' trials of unseen configurations (' + count(r0.trained) + ' fitted).';
    const box = h('div', {'data-target': target}, h('h3', {}, title), h('p', {class: 'small soft'}, quality));
    grid.append(box);
    if (r0.importance === null) {
      box.append(h('p', {}, 'No better than chance (which reaches ' + r0.chance.toFixed(3) + '), so no importance is shown.'));
      continue;
    }
    const single = rows.filter(r => r.b === null).sort((a, b) => a.importance - b.importance);
    const e = h('div', {class: 'chart', style: 'height:' + (40 + 26 * single.length) + 'px'});
    box.append(e);
    chart(e, () => ({
      grid: {left: 118, right: 56, top: 4, bottom: 30},
      xAxis: {type: 'value', name: 'fall of ' + measure, nameGap: 22, min: 0, axisLabel: {fontSize: 10}},
      yAxis: {type: 'category', data: single.map(r => r.a), axisTick: {show: false}, axisLabel: {fontSize: 12}},
      series: [{type: 'bar', data: single.map(r => Math.max(0, r.importance)), itemStyle: {color: target === 'loss' ? '#0072B2' : outcome(target).color},
        label: {show: true, position: 'right', formatter: p => single[p.dataIndex].importance.toFixed(3), color: css('--soft'), fontSize: 11}}],
    }));
    const pairs = rows.filter(r => r.b !== null).sort((a, b) => b.importance - a.importance).slice(0, 4);
    if (pairs.length) {
      box.append(table(['pair', 'together', 'interaction'], pairs.map(r => [r.a + ' × ' + r.b, Number(r.importance.toFixed(3)), Number(r.interaction.toFixed(3))]), 'Pairs for ' + title));
    }
  }
  if (data.rules.length) {
    s.append(h('h3', {}, 'Plain rules'), h('p', {class: 'soft small'}, 'Leaves of one shallow decision tree; each condition can be pasted behind WHERE.'),
      table(['condition', 'ends as', 'right', 'of trials', 'held out: right', 'of'],
        data.rules.map(r => [h('code', {}, r.condition), category(r.category), percent(r.precision), r.trials, percent(r.heldOutPrecision), r.heldOutTrials]), 'Rules of a decision tree'));
  }
}

/** What kept trials from training: a bar for each cause, divided by how the trials ended. */
function causes() {
  const rows = objects(data.causes.rows);
  if (rows.length === 0) return;
  const of = new Map();
  for (const r of rows) of.set(r.cause, [...(of.get(r.cause) || []), r]);
  const sum = cause => of.get(cause).reduce((n, r) => n + r.trials, 0);
  const order = [...of.keys()].sort((a, b) => sum(b) - sum(a));
  const total = rows.reduce((n, r) => n + r.trials, 0);
  const e = h('div', {class: 'chart', style: 'height:' + (64 + 26 * order.length) + 'px'});
  section('causes', 'By cause', h('p', {class: 'soft'}, 'What most likely kept the trials from training, by the evidence; “none” trained. ',
      data.causes.without ? count(data.causes.without) + ' trials have no cause: they failed, were not examined, or an older rule judged them.' : ''),
    e,
    table(['cause', 'what it means', 'trials', 'share', 'ended', 'for example'],
      order.map(cause => {
        const some = [...of.get(cause)].sort((a, b) => b.trials - a.trials);
        return [words(cause), data.causes.meaning[cause], sum(cause), percent(sum(cause) / (total + data.causes.without)),
          h('span', {}, some.flatMap((r, i) => [i ? ', ' : '', category(r.category || 'unjudged'), ' ' + count(r.trials)])),
          h('span', {class: 'cat'}, h('span', {class: 'mono'}, some[0].example.slice(0, 10)), copyButton('saddlemap explain ' + some[0].example.slice(0, 10), 'the command that explains it'))];
      }), 'Trials by cause'));
  const bars = [...order].reverse();
  const kinds = OUTCOMES.filter(o => rows.some(r => (r.category || 'unjudged') === o.key));
  chart(e, c => ({
    grid: {left: 170, right: 60, top: 30, bottom: 30}, legend: {top: 0, itemWidth: 12, itemHeight: 10},
    tooltip: {formatter: p => words(bars[p.dataIndex]) + ', ' + p.seriesName + ': ' + count(p.value)},
    xAxis: {type: 'value', name: 'trials', nameGap: 20, minInterval: 1, axisLabel: {fontSize: 10}},
    yAxis: {type: 'category', data: bars.map(words), axisTick: {show: false}, axisLabel: {fontSize: 12}},
    series: kinds.map((o, i) => ({type: 'bar', stack: 'all', name: o.key, color: o.color, barMaxWidth: 18,
      data: bars.map(cause => of.get(cause).filter(r => (r.category || 'unjudged') === o.key).reduce((n, r) => n + r.trials, 0)),
      label: i < kinds.length - 1 ? undefined : {show: true, position: 'right', formatter: p => count(sum(bars[p.dataIndex])), color: c.soft, fontSize: 11}})),
  }));
}

const SHOWN = ['optimum', 'saddle', 'plateau', 'diverged', 'descending'];

/** Counts from (rows) into (columns), the ones that turned shaded. */
function matrix(counts, caption) {
  const of = (a, b) => counts.get(a + '>' + b) || 0;
  const from = SHOWN.filter(a => SHOWN.some(b => of(a, b) > 0)), to = SHOWN.filter(b => SHOWN.some(a => of(a, b) > 0));
  const most = Math.max(1, ...from.map(a => Math.max(...to.map(b => a === b ? 0 : of(a, b)))));
  return h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table: ' + caption}, h('table', {class: 'matrix'}, h('caption', {class: 'visually-hidden'}, caption),
    h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'from \\ into'), to.map(b => h('th', {scope: 'col', title: b}, h('span', {class: 'key', style: 'background:' + outcome(b).color, 'aria-hidden': 'true'}, outcome(b).letter), h('span', {class: 'visually-hidden'}, b))))),
    h('tbody', {}, from.map(a => h('tr', {}, h('th', {scope: 'row'}, category(a)), to.map(b => {
      const n = of(a, b);
      return h('td', {style: a !== b && n ? 'background:color-mix(in srgb,' + outcome(b).color + ' ' + Math.round(10 + 25 * n / most) + '%, transparent)' : ''},
        a === b ? h('span', {class: 'soft'}, count(n)) : n ? h('strong', {}, count(n)) : '·');
    }))))));
}

function turnedSummary(counts) {
  let pairs = 0;
  const turns = [];
  for (const [k, n] of counts) {
    pairs += n;
    const [a, b] = k.split('>');
    if (a !== b) turns.push([a, b, n]);
  }
  turns.sort((a, b) => b[2] - a[2]);
  const turned = turns.reduce((n, t) => n + t[2], 0);
  return count(turned) + ' of ' + count(pairs) + ' pairs turn (' + percent(pairs ? turned / pairs : 0) + ')'
    + (turns.length ? ': ' + turns.slice(0, 3).map(([a, b, n]) => count(n) + ' from ' + a + ' into ' + b).join(', ') + (turns.length > 3 ? ', …' : '.') : '.');
}

function changes() {
  const rows = objects(data.turned);
  const hyper = [...new Set(rows.map(r => r.hyperparameter))];
  if (hyper.length === 0) return;
  const s = section('changes', 'What a change changes', h('p', {class: 'soft'}, 'Pairs of trials that differ in one hyperparameter alone: the same initial weights where they have the same shape, the same batches, everything else equal.'));
  const grid = h('div', {class: 'grid'});
  s.append(grid);
  for (const name of hyper) {
    const of = rows.filter(r => r.hyperparameter === name);
    const pairs = [...new Set(of.map(r => r.from_value + ' → ' + r.to_value))];
    const box = h('div', {}), body = h('div', {});
    const show = pair => {
      const counts = new Map(of.filter(r => r.from_value + ' → ' + r.to_value === pair).map(r => [r.from_category + '>' + r.to_category, r.pairs]));
      body.replaceChildren(h('p', {class: 'small'}, turnedSummary(counts)), matrix(counts, name + ' ' + pair));
    };
    box.append(h('h3', {}, name), pairs.length > 1 ? h('div', {class: 'controls', style: 'margin:4px 0'}, select('pair-' + name, 'from → to', pairs.map(p => [p, p]), pairs[0], show)) : h('p', {class: 'small soft'}, pairs[0]), body);
    show(pairs[0]);
    grid.append(box);
  }
}

function signals() {
  const rows = objects(data.signals);
  if (rows.length === 0) return;
  const s = section('signals', 'Signals over depth', h('p', {class: 'soft'}, 'Medians over the trials of each initializer. Forward: how much a layer’s output depends on the input. Backward: how much of the loss’s derivative reaches it. Straight lines on this log scale vanish or explode exponentially.'));
  const depths = [...new Set(rows.map(r => r.depth))].sort((a, b) => a - b);
  const norms = [...new Set(rows.map(r => r.batch_norm))].filter(v => v !== null);
  const inits = [...new Set(rows.map(r => r.initializer))];
  const chosen = {depth: depths[depths.length - 1], norm: norms.length ? norms[0] : null};
  const redraw = () => own.forEach(c => c.draw());
  s.append(h('div', {class: 'controls'},
    select('signal-depth', 'depth', depths.map(d => [d, d]), chosen.depth, v => { chosen.depth = Number(v); redraw(); }),
    norms.length > 1 ? select('signal-norm', 'batch_norm', norms.map(v => [v, v]), chosen.norm, v => { chosen.norm = v === 'true'; redraw(); }) : null));
  s.append(h('ul', {class: 'legend'}, inits.map((init, i) => h('li', {}, h('span', {'aria-hidden': 'true', style: 'font-size:1.1em;color:' + LINES[i % 7]}, '●■▲◆○□△◇'[i % 8]), init))));
  const grid = h('div', {class: 'grid two'});
  s.append(grid);
  const own = [];
  const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];
  for (const [measure, title] of [['forward', 'Forward'], ['backward', 'Backward']]) {
    for (const [moment, when] of [['initial', 'at the initial weights'], ['final', 'at the end']]) {
      const e = h('div', {class: 'chart'});
      grid.append(h('div', {}, h('h3', {}, title + ' norm ' + when), e));
      own.push(chart(e, () => {
        const of = rows.filter(r => r.moment === moment && r.depth === chosen.depth && (chosen.norm === null || r.batch_norm === chosen.norm));
        // A logarithm has no place for zero: what vanished altogether ends the line.
        return {
          grid: {left: 56, right: 14, top: 8, bottom: 42},
          tooltip: {trigger: 'axis', valueFormatter: v => v === undefined ? '–' : number(Math.pow(10, v))},
          xAxis: {type: 'value', name: 'layer', nameGap: 24, min: 1, max: chosen.depth + 1, minInterval: 1},
          yAxis: {type: 'value', minInterval: 1, scale: true, axisLabel: {formatter: v => '1e' + v}},
          series: inits.map((init, i) => ({type: 'line', name: init, symbol: SYMBOLS[i % 8], symbolSize: 6, color: LINES[i % 7], lineStyle: {type: i < 7 ? 'solid' : 'dashed'},
            data: of.filter(r => r.initializer === init && r[measure] > 1e-300).map(r => [r.layer, Math.log10(r[measure])])})),
        };
      }));
    }
  }
  const sym = objects(data.symmetry);
  if (sym.length) {
    s.append(h('h3', {}, 'Distinct units'), h('p', {class: 'small soft'}, 'Hidden layers whose units all share the same weights act as a single unit.'),
      table(['initializer', 'moment', 'hidden layers', 'all units equal', 'distinct units, mean share', 'dead, mean share', 'saturated, mean share'],
        sym.map(r => [r.initializer, r.moment, r.hidden_layers, r.all_equal, percent(r.distinct_share), percent(r.dead), percent(r.saturated)]), 'Distinct units by initializer'));
  }
}

function curves() {
  const lines = data.curves.filter(t => t.points.length);
  if (lines.length === 0) return;
  const s = section('curves', 'Loss curves of typical trials', h('p', {class: 'soft'}, 'Up to three trials of each category: of its commonest kind, those whose final loss is nearest to the median. The loss is that of each step’s own batch.'));
  const e = h('div', {class: 'chart', style: 'height:400px'});
  s.append(e);
  const DASH = {optimum: 'solid', saddle: 'dashed', plateau: 'dotted', diverged: 'solid', descending: 'dashed'};
  chart(e, c => ({
    grid: {left: 66, right: 30, top: 34, bottom: 46}, legend: {top: 0, itemWidth: 22, itemHeight: 10, data: SHOWN.filter(k => lines.some(t => t.category === k))},
    tooltip: {trigger: 'item', formatter: p => p.seriesName + ', step ' + (p.value[0] - 1) + ': loss ' + number(p.value[1])},
    xAxis: {type: 'log', name: 'step + 1', nameGap: 26}, yAxis: {type: 'log', name: 'loss', nameGap: 48, axisLabel: {formatter: power}},
    series: lines.map(t => ({type: 'line', name: t.category, color: outcome(t.category).color, symbol: outcome(t.category).symbol, symbolSize: 5, lineStyle: {width: 1.6, type: DASH[t.category]},
      labelLayout: {moveOverlap: 'shiftY'}, endLabel: {show: true, formatter: outcome(t.category).letter, color: c.text, fontWeight: 'bold'},
      data: t.points.filter(p => p[1] !== null && p[1] > 0).map(p => [p[0] + 1, p[1]])})),
  }));
  s.append(h('details', {}, h('summary', {}, 'Which trials these are'), table(['ended', 'kind', 'trial', 'reason', 'configuration'],
    lines.map(t => [category(t.category), t.sub_category, h('span', {class: 'mono'}, t.trial_id.slice(0, 10), copyButton('saddlemap explain ' + t.trial_id.slice(0, 10), 'the command')), t.reason, configuration(t.configuration, t.replicate)]), 'Typical trials')));
}

function curvature() {
  const rows = objects(data.curvature);
  if (rows.length === 0) return;
  const s = section('curvature', 'Curvature', h('p', {class: 'soft'}, 'Each point is a trial where it ended (a sample of at most 2,500). A saddle has a way down: its smallest eigenvalue is below zero.'));
  const grid = h('div', {class: 'grid'});
  s.append(grid);
  const kinds = SHOWN.filter(k => rows.some(r => r.category === k));
  const floor = 1e-9; // Around zero the scale is linear.
  const symlog = v => Math.sign(v) * Math.log10(1 + Math.abs(v) / floor);
  const back = v => Math.sign(v) * floor * (Math.pow(10, Math.abs(v)) - 1);
  const scatter = (title, option) => {
    const e = h('div', {class: 'chart', style: 'height:340px'});
    grid.append(h('div', {}, h('h3', {}, title), e));
    chart(e, option);
  };
  const series = (x, y) => kinds.map(k => ({type: 'scatter', name: k, symbol: outcome(k).symbol, symbolSize: 7, itemStyle: {color: outcome(k).color, opacity: 0.75},
    data: rows.filter(r => r.category === k && x(r) !== null && y(r) !== null).map(r => [x(r), y(r), r.trial])}));
  const bounds = rows.filter(r => r.lambda_max > 0 && r.lambda_min !== null);
  if (bounds.length) {
    scatter('Smallest against largest eigenvalue', () => ({
      grid: {left: 66, right: 16, top: 34, bottom: 44}, legend: {top: 0, itemWidth: 12, itemHeight: 10},
      tooltip: {formatter: p => p.seriesName + ' ' + p.value[2] + '\nλmax ' + number(p.value[0]) + ', λmin ' + number(back(p.value[1]))},
      xAxis: {type: 'log', name: 'λmax (scaled)', nameGap: 26, axisLabel: {formatter: power}}, yAxis: {type: 'value', name: 'λmin (scaled)', nameGap: 48, axisLabel: {formatter: v => v === 0 ? '0' : (v < 0 ? '−' : '') + '1e' + Math.round(Math.abs(v) - 9)}},
      series: series(r => r.lambda_max > 0 ? r.lambda_max : null, r => r.lambda_min === null ? null : symlog(r.lambda_min)),
    }));
  }
  if (rows.some(r => r.negative_eigenvalues !== null && r.gap !== null)) {
    scatter('Index against gap (loss above its bound, of its range)', () => ({
      grid: {left: 62, right: 16, top: 34, bottom: 44}, legend: {top: 0, itemWidth: 12, itemHeight: 10},
      tooltip: {formatter: p => p.seriesName + ' ' + p.value[2] + '\n' + p.value[0] + ' negative eigenvalues, gap ' + number(p.value[1])},
      xAxis: {type: 'value', name: 'negative eigenvalues (exact; small networks)', nameGap: 26, minInterval: 1}, yAxis: {type: 'log', name: 'gap', nameGap: 44, axisLabel: {formatter: power}},
      series: series(r => r.negative_eigenvalues, r => r.gap > 0 ? r.gap : null),
    }));
  }
}

/** What a sweep varies of a configuration; all of it on request. */
function configuration(text, replicate) {
  const swept = new Set(data.cells.axes.map(a => a.key === 'learning_rate_sharpness' ? 'learning_rate' : a.key));
  const parts = text.split(';');
  const all = (replicate === null ? parts : [...parts, 'replicate=' + replicate]).join('; ');
  return h('div', {class: 'conf'}, h('span', {class: 'mono'}, [...parts.filter(p => swept.has(p.split('=')[0])), ...(replicate === null ? [] : ['replicate=' + replicate])].join('; ')),
    h('details', {}, h('summary', {}, 'all of it'), h('div', {class: 'mono'}, all, copyButton(text, 'the configuration'))));
}

function best() {
  const rows = objects(data.best);
  if (rows.length === 0) return;
  section('best', 'Best trials', h('p', {class: 'soft'}, 'By held-out accuracy, then held-out loss, then training loss. The configuration is complete; replay trains it again.'),
    table(['place', 'trial', 'held-out accuracy', 'held-out loss', 'accuracy', 'final loss', 'ended', 'configuration'],
      rows.map(r => [r.place, h('span', {class: 'mono'}, r.trial_id.slice(0, 10), copyButton('saddlemap replay ' + r.trial_id.slice(0, 10), 'the command that trains it again')), r.heldout_accuracy, r.heldout_loss, r.accuracy, r.final_loss,
        r.category === null ? '–' : category(r.category), configuration(r.configuration, r.replicate)]), 'Best trials'));
}

function disagreements() {
  const d = data.disagreements;
  if (d.configurations === 0) return;
  const rows = objects(d.rows);
  section('disagreements', 'Where replicates disagree', h('p', {}, count(d.total) + ' of ' + count(d.configurations) + ' configurations with several replicates ended differently by the seed alone.'),
    rows.length ? h('details', {}, h('summary', {}, rows.length < d.total ? 'The first ' + rows.length : 'Which'), table(['replicates', ...SHOWN, 'configuration'],
      rows.map(r => [r.replicates, ...SHOWN.map(k => r[k]), configuration(r.configuration, null)]), 'Configurations whose replicates disagree')) : null);
}

function failures() {
  const rows = objects(data.failures);
  section('failures', 'Failures', rows.length === 0 ? h('p', {}, 'None: every trial completed.') : table(['status', 'trials', 'reason', 'for example'],
    rows.map(r => [r.status.replace('_', ' '), r.trials, r.stack_trace ? h('div', {}, r.reason, h('details', {}, h('summary', {}, 'stack trace'), h('pre', {}, r.stack_trace))) : r.reason,
      h('span', {class: 'mono'}, r.example.slice(0, 10), copyButton('saddlemap explain ' + r.example.slice(0, 10), 'the command'))]), 'Failures'));
}

const PHASES = [['train', 'training', '#0072B2'], ['examine', 'examination', '#E69F00'], ['load', 'set-up', '#999999']];

function time() {
  const t = objects(data.time.total)[0];
  const s = data.sweeps[0];
  const busy = t.load_s + t.train_s + t.examine_s;
  const wall = s.started && s.finished ? (Date.parse(s.finished) - Date.parse(s.started)) / 1000 : null;
  const at = h('div', {class: 'chart', id: 'busy'}), each = h('div', {class: 'chart'});
  const by = objects(data.time.byDepth), bins = objects(data.time.busy);
  section('time', 'Where the time went',
    h('p', {}, (wall ? 'From start to end ' + duration(wall) + '; trials were busy for ' : 'Trials were busy for ') + duration(busy) + ' together'
      + (wall ? ', on average ' + (busy / wall).toFixed(2) + ' at once' : '') + ': ' + percent(t.train_s / busy) + ' training, ' + percent(t.examine_s / busy) + ' examination, ' + percent(t.load_s / busy) + ' set-up. '
      + 'A trial took ' + duration(t.median_ms / 1000) + ' in the median, one in a hundred more than ' + duration(t.slow_ms / 1000) + '.' + (t.steps ? ' ' + count(t.steps) + ' steps in all.' : '')),
    h('div', {class: 'grid two'},
      h('div', {}, h('h3', {}, 'Trials at once'), h('p', {class: 'small soft'}, 'By the time since the start of the job that ran them; a sweep that was resumed shows its runs on top of each other.'), at),
      h('div', {}, h('h3', {}, 'A trial, by depth'), h('p', {class: 'small soft'}, 'Mean over the trials of each depth.'), each)));
  const pieces = 100, of = new Map(bins.map(b => [b.bin, b]));
  const seconds = Array.from({length: pieces}, (_, i) => number(Number(((i + 0.5) * t.last_end_s / pieces).toPrecision(3))));
  chart(at, () => ({
    grid: {left: 44, right: 16, top: 34, bottom: 42}, legend: {top: 0}, tooltip: {trigger: 'axis', valueFormatter: v => number(Number(v.toPrecision(3)))},
    xAxis: {type: 'category', name: 'seconds', nameGap: 24, data: seconds}, yAxis: {type: 'value', name: 'trials', nameGap: 28},
    series: PHASES.map(([k, name, color]) => ({type: 'bar', stack: 'all', barCategoryGap: '0%', name, color, data: seconds.map((_, i) => (of.get(i) || {})[k] || 0)})),
  }));
  chart(each, () => ({
    grid: {left: 62, right: 12, top: 34, bottom: 42}, legend: {top: 0}, tooltip: {trigger: 'axis', valueFormatter: v => number(v) + ' ms'},
    xAxis: {type: 'category', name: 'depth', nameGap: 24, data: by.map(r => String(r.depth))}, yAxis: {type: 'value', name: 'ms a trial', nameGap: 44},
    series: PHASES.map(([k, name, color]) => ({type: 'bar', stack: 'all', name, color, barMaxWidth: 60, data: by.map(r => r[k + '_ms'])})),
  }));
}

function provenance() {
  const s = section('provenance', 'Provenance', ...data.kernels.map(k => h('p', {}, h('strong', {}, k))));
  for (const sweep of data.sweeps) {
    s.append(h('h3', {}, sweep.id),
      table(['of the sweep', 'value'], [['data', sweep.data], ['data fingerprint', h('span', {class: 'mono'}, sweep.dataFingerprint.slice(0, 16))], ['plan digest', h('span', {class: 'mono'}, sweep.planDigest.slice(0, 16))],
        ['trials', count(sweep.trials) + ' of ' + count(sweep.planned) + ' planned'], ['started', sweep.started], ['finished', sweep.finished || 'not yet'], ['Saddlemap', sweep.version], ['Spark', sweep.spark],
        ['the same in all trials', Object.entries(sweep.fixed).map(([k, v]) => k + ' ' + v).join(', ')]], 'Sweep ' + sweep.id),
      h('details', {}, h('summary', {}, 'The effective spec'), h('pre', {}, sweep.spec)));
  }
  if (data.provenance) s.append(h('h3', {}, 'Machines'), table(data.provenance.columns.map(c => c.replace('_', ' ')), data.provenance.rows, 'Machines and versions'));
}

function comparison() {
  const c = data.comparison;
  const counts = new Map(objects(c.matrix).map(r => [r.from_category + '>' + r.to_category, r.trials]));
  const changed = Object.entries(c.changed);
  const s = section('compared', 'What changed',
    h('p', {}, 'Pairs agree in replicate and in every hyperparameter that both sweeps have values of in common. ',
      changed.length ? h('strong', {}, 'Changed: ' + changed.map(([k, [a, b]]) => k + ' ' + a + ' → ' + b).join('; ') + '. ') : 'No hyperparameter changed: data, seed or version did. ', turnedSummary(counts)),
    matrix(counts, 'Verdicts of ' + c.from + ' (rows) and ' + c.to + ' (columns)'));
  const grid = h('div', {class: 'grid'});
  s.append(grid);
  for (const by of c.by) {
    grid.append(h('div', {}, h('h3', {}, by.hyperparameter), table(['value', 'pairs', 'turned', 'share'], by.rows.map(r => [String(r[0]), r[1], r[2], percent(r[2] / r[1])]), 'Turned by ' + by.hyperparameter)));
  }
  const trials = objects(c.trials);
  if (trials.length) {
    const keys = c.trials.columns.slice(0, c.trials.columns.indexOf('replicate'));
    s.append(h('details', {}, h('summary', {}, trials.length < 200 ? 'The trials that turned' : 'The first 200 trials that turned'),
      table([...keys, 'replicate', 'from', 'into', 'loss before', 'loss after', 'trial before', 'trial after', 'reason after'],
        trials.map(t => [...keys.map(k => typeof t[k] === 'boolean' ? String(t[k]) : t[k]), t.replicate, category(t.from_category), category(t.to_category), t.from_loss, t.to_loss, h('span', {class: 'mono'}, t.from_trial.slice(0, 10)), h('span', {class: 'mono'}, t.to_trial.slice(0, 10)), t.to_reason]), 'Trials that turned')));
  }
}

// ---- go ------------------------------------------------------------------------------------

/** Shows one of the page's reports, in place of the one before. */
async function show(index) {
  root.removeAttribute('data-ready');
  data = page.reports[index];
  for (const c of charts.splice(0)) c.dispose();
  for (const id of ['lead', 'nav', 'main']) document.getElementById(id).replaceChildren();
  for (const [i, b] of [...document.getElementById('reports').children].entries()) {
    b.setAttribute('aria-pressed', String(i === index));
  }
  lead();
  phaseMap(await unpack(data.cells));
  if (data.comparison) {
    comparison();
  } else {
    causes();
    drivers();
    changes();
    signals();
    curves();
    curvature();
    best();
    disagreements();
    failures();
    time();
  }
  provenance();
  root.setAttribute('data-ready', 'true');
}

if (page.reports.length > 1) {
  document.getElementById('reports').append(...page.titles.map((title, i) =>
    h('button', {type: 'button', onclick: () => show(i).catch(failed)}, title)));
}
document.getElementById('foot').append('Made by Saddlemap ' + page.version + ' at ' + page.generated + '. The page holds all it shows and loads nothing. Charts by Apache ECharts (Apache License 2.0).');

function failed(e) {
  console.error(e);
  document.getElementById('main').prepend(h('p', {role: 'alert'}, 'The page could not be drawn: ' + e.message + ' (it needs a browser of 2023 or later).'));
}
show(0).catch(failed);
})();
