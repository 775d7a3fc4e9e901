// The phase map: its controls, its cells by mouse, touch and keyboard, and the trials of a cell.

let fillMapTable = () => {};

function phaseMap(trials) {
  const axes = trials.axes;
  const state = {...trials.view, filters: axes.map(() => -1), selected: null};

  const map = section('map', 'Phase map',
    h('p', {class: 'soft'}, 'Where each descent ended. A cell has the colour and letter of its trials’ ending; where they disagree, it is divided by their shares. ',
      'A dark corner marks a knife edge: what the cell shows rests on trials whose verdict a little more of this or less of that would have changed. ',
      'Point at a cell for its counts and reason; click it for its trials.'));
  const controls = h('div', {class: 'controls', role: 'group', 'aria-label': 'Axes and filters of the map'});
  const legend = h('ul', {class: 'legend', id: 'legend'});
  const status = h('p', {class: 'small soft', id: 'status', role: 'status'});
  const element = h('div', {id: 'chart', tabindex: 0, role: 'application', 'aria-roledescription': 'phase map', 'aria-describedby': 'map-help'});
  const divided = h('p', {class: 'small soft', id: 'divided'});
  const list = h('div', {id: 'trials'});
  const tableBox = h('div', {});
  const details = h('details', {id: 'as-table', ontoggle: () => fillTable()}, h('summary', {}, 'The map as a table'), tableBox);
  let view = null;

  const shares = cell => sharesOf(view, cell);
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
    if (s.length === 0) return {title: place(cell), counts: [], total: 0, notes: ['No trials here.']};
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
    const margin = least === null ? '' : (total > 1 ? 'Smallest margin ' : 'Margin ') + decades(least) + (onEdge ? ', a knife edge' + (total > 1 ? ' (' + count(onEdge) + ' of ' + count(total) + ' trials)' : '') : '');
    return {title: place(cell), total, counts: s.map(([o, n]) => [OUTCOMES[o], n]),
      notes: [margin, code.cause && 'Cause: ' + words(code.cause), (code.subCategory ? code.subCategory + ': ' : '') + trials.reason(typical)].filter(Boolean)};
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

  const picture = mapChart({element, axes, state, counted: () => view, edgeText: EDGE_TEXT, describe, choose: listTrials});
  map.append(controls, legend, status, divided, ...picture.nodes,
    h('p', {id: 'map-help', class: 'small soft'}, 'By keyboard: focus the map, move with the arrow keys (Page Up and Page Down between the small maps), press Enter to list a cell’s trials.'),
    list, details);

  function draw() {
    view = aggregate(trials, state);
    fillLegend(legend, view, EDGE_TEXT);
    status.textContent = count(view.total) + ' trials in ' + count(view.filled) + ' cells; in ' + count(view.disagree) + ' of them the trials disagree'
      + (view.onEdge ? '; what ' + cellCount(view.onEdge) + ' ' + (view.onEdge === 1 ? 'shows' : 'show') + ' rests on knife edges.' : '.');
    divided.textContent = dividers();
    element.setAttribute('aria-label', 'Phase map of ' + [state.y, state.x].filter(i => i >= 0).map(i => axes[i].key).join(' by ')
      + (state.facet >= 0 ? ', one for each ' + axes[state.facet].key : '') + '. ' + status.textContent);
    picture.arrange();
    state.selected = null;
    list.replaceChildren();
    if (details.open) fillTable();
  }

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
    const a = h('a', {href: picture.png(), download: data.sweeps.map(s => s.id).join('-') + '-map.png'});
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
