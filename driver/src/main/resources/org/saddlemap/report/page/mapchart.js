// The picture of a map, and its cells by mouse, touch and keyboard.

const LETTERS_UP_TO = 4000; // cells; beyond, the map is drawn as pixels

/** [outcome index, trials] of a cell, the commonest first. */
function sharesOf(view, cell) {
  const s = [];
  for (let o = 0; o < view.k; o++) {
    const n = view.counts[cell * view.k + o];
    if (n > 0) s.push([o, n]);
  }
  return s.sort((a, b) => b[1] - a[1]);
}

/** The legend of a map: every category, and what else occurs, with its trials. */
function fillLegend(legend, view, edgeText) {
  legend.replaceChildren(...[...OUTCOMES.map((o, i) => view.totals[i] > 0 || o.category
    ? h('li', {'data-outcome': o.key, 'data-count': view.totals[i]}, h('span', {class: 'key', style: 'background:' + o.color, 'aria-hidden': 'true'}, o.letter),
        words(o.key) + ' ' + count(view.totals[i]) + (view.total ? ' (' + percent(view.totals[i] / view.total) + ')' : ''))
    : null), view.onEdge === 0 ? null : h('li', {'data-knife-edge': view.onEdge}, h('span', {class: 'key edge', 'aria-hidden': 'true'}), edgeText + ', ' + cellCount(view.onEdge))].filter(Boolean));
}

const cellCount = n => n === 1 ? '1 cell' : count(n) + ' cells';

/**
 * A map in an element, with a cursor and a tip over it.
 *
 * axes: of the sweep; state: x, y and facet, each the number of an axis or -1; counted(): the counts that are shown, or null;
 * edgeText: what a dark corner means; describe(cell): {title, total, counts, notes: words below them}; choose(cell): clicked, or Enter
 */
function mapChart({element, axes, state, counted, edgeText, describe, choose}) {
  const cursor = h('div', {id: 'cursor'});
  const tip = h('div', {id: 'tip'});
  const live = h('div', {class: 'visually-hidden', 'aria-live': 'polite', id: 'live'});
  let at = null; // the cell under the cursor

  /** The shares of a cell in the legend's order, which makes neighbours alike. */
  const drawn = cell => sharesOf(counted(), cell).sort((a, b) => a[0] - b[0]);

  // Numbers between two labels can be told; a word that is left out cannot.
  const isWords = i => i >= 0 && !axes[i].ordered && axes[i].texts.length <= 60;
  const everyWord = (i, turn) => isWords(i) ? {interval: 0, hideOverlap: false, rotate: turn ? 60 : 0} : {};
  const longest = i => i < 0 ? 0 : Math.max(...axes[i].texts.map(t => t.length));
  const footOf = i => Math.min(120, 6 * longest(i));
  const turned = g => isWords(state.x) && g.width / axes[state.x].texts.length < 6.5 * longest(state.x) + 6;

  let grids = [];
  let exporting = false; // The saved picture carries its legend.
  function layout() {
    const view = counted();
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

  const picture = chart(element, colors => {
    const view = counted();
    if (!view) return {};
    const small = view.nx * view.ny * view.nf <= LETTERS_UP_TO;
    const empty = css('--empty');
    const texts = i => i < 0 ? ['all'] : axes[i].texts;
    const name = i => i < 0 ? '' : axes[i].key;
    return {
      aria: {enabled: false}, // who draws the map says what it shows; the library would speak over that
      title: [
        {left: 0, top: 4, textStyle: {fontSize: 13, fontWeight: 'normal', color: colors.text, rich: Object.fromEntries(OUTCOMES.map(o => [o.key, {backgroundColor: o.color, color: '#111', fontWeight: 'bold', width: 16, height: 16, align: 'center', borderRadius: 3, lineHeight: 18}]))},
          text: !exporting ? '' : OUTCOMES.filter((o, i) => view.totals[i] > 0).map(o => '{' + o.key + '|' + o.letter + '} ' + o.key).join('    ') + (view.onEdge ? '    ◥ ' + edgeText : '')},
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
          return cellShapes({x: cx, y: cy, width: cw, height: ch}, drawn(cellAtIndex(view, x, y, f)), view.knife[cellAtIndex(view, x, y, f)], empty);
        },
      })),
    };
  });

  function cellAt(px, py) {
    const view = counted();
    for (let f = 0; f < grids.length; f++) {
      const g = grids[f];
      if (px < g.left || px >= g.left + g.width || py < g.top || py >= g.top + g.height) continue;
      const x = Math.floor((px - g.left) / g.width * view.nx);
      const y = view.ny - 1 - Math.floor((py - g.top) / g.height * view.ny);
      return cellAtIndex(view, x, y, f);
    }
    return null;
  }
  function boxOf(cell) {
    const view = counted();
    const x = cell % view.nx, y = Math.floor(cell / view.nx) % view.ny, g = grids[Math.floor(cell / view.nx / view.ny)];
    const cw = g.width / view.nx, ch = g.height / view.ny;
    return {left: g.left + x * cw, top: g.top + (view.ny - 1 - y) * ch, width: cw, height: ch};
  }
  function showTip(cell) {
    const d = describe(cell);
    tip.replaceChildren(h('strong', {}, d.title),
      h('ul', {}, d.counts.map(([o, n]) => h('li', {}, o.letter + ' ' + words(o.key) + ': ' + count(n) + ' of ' + count(d.total) + ' (' + percent(n / d.total) + ')'))),
      ...d.notes.map(note => h('div', {}, note)));
    tip.style.display = 'block';
    const b = boxOf(cell);
    const left = Math.min(b.left + b.width / 2, element.clientWidth - tip.offsetWidth - 4);
    tip.style.left = Math.max(0, left) + 'px';
    tip.style.top = b.top + b.height + 10 + 'px';
    return d;
  }
  function hideTip() { tip.style.display = 'none'; }
  function moveCursor(cell) {
    at = cell;
    cursor.style.display = cell === null ? 'none' : 'block';
    if (cell === null) return;
    const b = boxOf(cell);
    for (const k of ['left', 'top', 'width', 'height']) cursor.style[k] = b[k] + 'px';
  }

  /** Lays it out and draws it anew, for other axes, another size or another theme. */
  function arrange() {
    layout();
    picture.resize();
    hideTip();
    moveCursor(null);
  }
  picture.onresize = arrange;

  // One way for mouse, touch and keyboard: a cell is found, described, listed.
  let hovered = null;
  const cellOfEvent = e => {
    const r = element.getBoundingClientRect();
    return cellAt(e.clientX - r.left, e.clientY - r.top);
  };
  element.addEventListener('mousemove', e => {
    const cell = cellOfEvent(e);
    if (cell === hovered && tip.style.display === 'block') return;
    hovered = cell;
    if (cell === null) hideTip(); else showTip(cell);
  });
  element.addEventListener('mouseleave', () => { hovered = null; hideTip(); });
  element.addEventListener('click', e => {
    const cell = cellOfEvent(e);
    if (cell !== null) { moveCursor(cell); choose(cell); }
  });
  element.addEventListener('blur', () => { hideTip(); moveCursor(null); });
  element.addEventListener('keydown', e => {
    const view = counted();
    const per = view.nx * view.ny;
    const x = at === null ? 0 : at % view.nx, y = at === null ? 0 : Math.floor(at / view.nx) % view.ny, f = at === null ? 0 : Math.floor(at / per);
    const to = {ArrowRight: [x + 1, y, f], ArrowLeft: [x - 1, y, f], ArrowUp: [x, y + 1, f], ArrowDown: [x, y - 1, f], PageDown: [x, y, f + 1], PageUp: [x, y, f - 1], Home: [0, y, f], End: [view.nx - 1, y, f]}[e.key];
    if (e.key === 'Escape') { hideTip(); moveCursor(null); return; }
    if ((e.key === 'Enter' || e.key === ' ') && at !== null) { e.preventDefault(); choose(at); return; }
    if (!to) return;
    e.preventDefault();
    const clamp = (v, n) => Math.max(0, Math.min(n - 1, v));
    moveCursor(at === null ? 0 : cellAtIndex(view, clamp(to[0], view.nx), clamp(to[1], view.ny), clamp(to[2], view.nf)));
    const d = showTip(at);
    live.textContent = [d.title, d.counts.map(([o, n]) => words(o.key) + ' ' + n).join(', '), ...d.notes].join('. ');
  });

  return {
    nodes: [h('div', {class: 'mapbox'}, element, cursor, tip), live],
    arrange, describe: () => at === null ? hideTip() : showTip(at),
    redraw: () => picture.draw(),
    /** The picture with its legend, as the address of a PNG. */
    png() {
      exporting = true;
      arrange();
      const url = picture.instance.getDataURL({type: 'png', pixelRatio: 2, backgroundColor: css('--bg')});
      exporting = false;
      arrange();
      return url;
    },
  };
}
