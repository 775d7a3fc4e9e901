// The phase map: its controls, its cells by mouse, touch and keyboard, and the trials of a cell.

let fillMapTable = () => {};

const LETTERS_UP_TO = 4000; // cells; beyond, the map is drawn as pixels

function phaseMap(trials) {
  const axes = trials.axes;
  const state = {...trials.view, filters: axes.map(() => -1), selected: null, cursor: null};

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
  const divided = h('p', {class: 'small soft', id: 'divided'});
  const live = h('div', {class: 'visually-hidden', 'aria-live': 'polite', id: 'live'});
  const list = h('div', {id: 'trials'});
  const tableBox = h('div', {});
  const details = h('details', {id: 'as-table', ontoggle: () => fillTable()}, h('summary', {}, 'The map as a table'), tableBox);
  map.append(controls, legend, status, divided,
    h('div', {class: 'mapbox'}, element, cursor, tip),
    h('p', {id: 'map-help', class: 'small soft'}, 'By keyboard: focus the map, move with the arrow keys (Page Up and Page Down between the small maps), press Enter to list a cell’s trials.'),
    live, list, details);

  let view = null;

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

  const cellOf = (x, y, f) => cellAtIndex(view, x, y, f);
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

  /** What the trials of a cell differ in. */
  function dividers() {
    const held = new Set([state.x, state.y, state.facet, ...view.active.map(([axis]) => axis)]);
    const left = axes.filter((a, i) => !held.has(i)).map(a => a.key + ' (' + a.texts.length + ')');
    if (!left.length) return view.total > view.filled ? 'The trials of a cell differ in their seed alone.' : 'A cell is one trial.';
    return 'The trials of a cell differ in ' + left.join(', ') + (trials.replicates > 1 ? ' and their seed' : '') + '.';
  }

  const decades = margin => (margin === 0 ? '0' : number(margin)) + ' decades';
  const EDGE_TEXT = 'knife edge: margin below ' + trials.knifeEdge + ' decades';

  const cellCount = n => n === 1 ? '1 cell' : count(n) + ' cells';

  function draw() {
    view = aggregate(trials, state);
    legend.replaceChildren(...[...OUTCOMES.map((o, i) => view.totals[i] > 0 || o.category
      ? h('li', {'data-outcome': o.key, 'data-count': view.totals[i]}, h('span', {class: 'key', style: 'background:' + o.color, 'aria-hidden': 'true'}, o.letter),
          o.key + ' ' + count(view.totals[i]) + (view.total ? ' (' + percent(view.totals[i] / view.total) + ')' : ''))
      : null), view.onEdge === 0 ? null : h('li', {'data-knife-edge': view.onEdge}, h('span', {class: 'key edge', 'aria-hidden': 'true'}), EDGE_TEXT + ', ' + cellCount(view.onEdge))].filter(Boolean));
    status.textContent = count(view.total) + ' trials in ' + count(view.filled) + ' cells; in ' + count(view.disagree) + ' of them the trials disagree'
      + (view.onEdge ? '; what ' + cellCount(view.onEdge) + ' ' + (view.onEdge === 1 ? 'shows' : 'show') + ' rests on knife edges.' : '.');
    divided.textContent = dividers();
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

  // Numbers between two labels can be told; a word that is left out cannot.
  const isWords = i => i >= 0 && !axes[i].ordered && axes[i].texts.length <= 60;
  const everyWord = (i, turn) => isWords(i) ? {interval: 0, hideOverlap: false, rotate: turn ? 60 : 0} : {};
  const longest = i => i < 0 ? 0 : Math.max(...axes[i].texts.map(t => t.length));
  const footOf = i => Math.min(120, 6 * longest(i));
  const turned = g => isWords(state.x) && g.width / axes[state.x].texts.length < 6.5 * longest(state.x) + 6;

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
    const rowH = plotH + 84 + (turned({width: plotW}) ? footOf(state.x) : 0);
    grids = [];
    for (let f = 0; f < view.nf; f++) {
      const col = f % perRow, row = Math.floor(f / perRow);
      grids.push({left: col * panel + left, top: head + row * rowH + 22, width: plotW, height: plotH});
    }
    element.style.height = head + Math.ceil(view.nf / perRow) * rowH + 'px';
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
      xAxis: grids.map((g, i) => ({gridIndex: i, type: 'category', data: texts(state.x), name: name(state.x), nameGap: turned(g) ? 24 + footOf(state.x) : 28, splitLine: {show: false}, axisTick: {show: false}, axisLabel: {fontSize: 11, ...everyWord(state.x, turned(g))}})),
      yAxis: grids.map((g, i) => ({gridIndex: i, type: 'category', data: texts(state.y), name: name(state.y), nameGap: g.left > 60 || view.nf === 1 ? Math.min(80, 14 + 7 * Math.max(...texts(state.y).map(t => t.length))) : 28, splitLine: {show: false}, axisTick: {show: false}, axisLabel: {fontSize: 11, ...everyWord(state.y, false)}})),
      series: grids.map((g, f) => ({
        type: 'custom', xAxisIndex: f, yAxisIndex: f, silent: true, clip: true,
        data: small ? Array.from({length: view.nx * view.ny}, (_, i) => [i % view.nx, Math.floor(i / view.nx)]) : [[0, 0]],
        renderItem(params, api) {
          if (!small) {
            return {type: 'image', style: {image: cellPixels(view, f, drawn), x: g.left, y: g.top, width: g.width, height: g.height}};
          }
          const x = api.value(0), y = api.value(1);
          const [cx, cy] = api.coord([x, y]);
          const [cw, ch] = api.size([1, 1]);
          return cellShapes({x: cx, y: cy, width: cw, height: ch}, drawn(cellOf(x, y, f)), view.knife[cellOf(x, y, f)], empty);
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
