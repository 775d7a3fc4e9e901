// The live page: asks its server what has come, and draws that. It keeps asking, whatever becomes of the server.

const EVERY = 1500; // milliseconds between two questions
const PATIENCE = 15000; // how long an answer may take
let fillMapTable = () => {}; // the report's table, which paper unfolds

let sweep = null; // epoch, id, axes, and what is shown of them
let lost = null; // since when no answer has come

const clock = time => time.toLocaleTimeString('en-GB');

async function ask(name, query) {
  const answer = await fetch(name + '?' + new URLSearchParams(query), {signal: AbortSignal.timeout(PATIENCE), cache: 'no-store'});
  if (answer.status === 503 && name === 'state') return null; // no sweep has begun
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

/** The map that is shown, as the server takes it. */
const shown = () => ({epoch: sweep.epoch, x: sweep.state.x, y: sweep.state.y, facet: sweep.state.facet, held: sweep.state.filters.join('.')});

async function poll() {
  try {
    const before = sweep;
    const query = sweep === null ? {} : {...shown(), since: sweep.since};
    const asked = sweep === null ? 0 : sweep.choice;
    const answer = await ask('state', query);
    lost = null;
    if (answer === null) {
      say('No sweep has begun yet.');
    } else if (sweep === before) {
      if (sweep === null || answer.epoch !== sweep.epoch) begin(answer);
      if (asked === sweep.choice) take(answer); // else another map was chosen meanwhile
    }
  } catch (e) {
    if (lost === null) lost = new Date();
    say('No answer since ' + clock(lost) + ': what served this page has ended, or sleeps. It is asked again and again; '
      + (sweep === null ? '' : 'below is what was there then. ') + 'The same command serves it again.');
  }
  root.setAttribute('data-ready', 'true');
}

async function forever() {
  while (true) {
    if (!document.hidden) await poll();
    await new Promise(go => {
      const timer = setTimeout(next, document.hidden ? 60000 : EVERY);
      function next() {
        clearTimeout(timer);
        document.removeEventListener('visibilitychange', next);
        go();
      }
      document.addEventListener('visibilitychange', next);
    });
  }
}

function say(text) {
  const e = document.getElementById('run');
  if (e.textContent !== text) e.textContent = text; // screen readers say what changes
}

/** Another sweep, or another server: everything is drawn anew; the axes stay as they were chosen. */
function begin(answer) {
  const before = sweep;
  for (const c of charts.splice(0)) c.dispose();
  for (const id of ['nav', 'main']) document.getElementById(id).replaceChildren();
  document.title = answer.sweep + ' · Saddlemap';
  document.getElementById('name').textContent = answer.sweep;
  const same = before !== null && before.id === answer.sweep && before.axes.length === answer.axes.length;
  sweep = {epoch: answer.epoch, id: answer.sweep, axes: answer.axes, replicates: answer.replicates, knifeEdge: answer.knifeEdge, endings: answer.endings, since: -1, choice: before === null ? 0 : before.choice,
    state: {x: answer.map.x, y: answer.map.y, facet: answer.map.facet, filters: answer.axes.map(() => -1)}, view: null};
  liveMap();
  if (same) {
    sweep.state = Object.assign(sweep.state, before.state);
    sweep.choose();
  }
  const command = 'saddlemap report ' + sweep.id;
  document.getElementById('foot').replaceChildren(
    ...(answer.report ? [h('a', {id: 'report', href: 'report', target: '_blank', rel: 'noopener'}, 'The whole report'), ' of what is there is made when you ask for it, in seconds to a minute.']
      : ['The whole report of what is there, also now: ', h('code', {}, command), copyButton(command, 'the command'), '.']),
    ' This page is read from the chunks in the warehouse as they are committed. Charts by Apache ECharts (Apache License 2.0).');
}

function take(answer) {
  told(answer);
  const m = answer.map, k = OUTCOMES.length, cells = m.nx * m.ny * m.nf;
  const v = sweep.view;
  if (v === null || m.full || v.nx !== m.nx || v.ny !== m.ny || v.nf !== m.nf) {
    sweep.view = {nx: m.nx, ny: m.ny, nf: m.nf, k, counts: new Float64Array(cells * k), edges: new Float64Array(cells * k), totals: new Float64Array(k)};
  }
  const outcomeAt = sweep.endings.map(key => outcome(key).index);
  for (const [cell, ...parts] of m.cells) {
    for (let o = 0; o < k; o++) {
      sweep.view.totals[o] -= sweep.view.counts[cell * k + o];
      sweep.view.counts[cell * k + o] = sweep.view.edges[cell * k + o] = 0;
    }
    for (let i = 0; i < parts.length; i += 3) {
      const o = outcomeAt[parts[i]];
      sweep.view.counts[cell * k + o] = parts[i + 1];
      sweep.view.edges[cell * k + o] = parts[i + 2];
      sweep.view.totals[o] += parts[i + 1];
    }
  }
  const fresh = v !== sweep.view;
  sweep.since = answer.version;
  sweep.state.facet = m.facet;
  if (fresh || m.cells.length) {
    sweep.view = Object.assign(sweep.view, summed(sweep.view));
    sweep.draw(fresh && (v === null || v.nx !== m.nx || v.ny !== m.ny || v.nf !== m.nf || sweep.redraw));
    sweep.redraw = false;
  }
}

/** What the run does, and how far it is. */
function told(answer) {
  const {run, done, planned} = answer;
  const quiet = duration(Math.max(1, Math.round(run.quiet))), since = clock(new Date(Date.now() - 1000 * run.quiet));
  const rest = done >= planned ? '' : ' ' + count(planned - done) + ' trials are missing; saddlemap run of its spec goes on.';
  say({
    none: 'Not begun.',
    running: run.chunks ? 'Running: ' + (run.chunks === 1 ? 'one chunk' : count(run.chunks) + ' chunks') + ' at work.'
      : done >= planned ? 'All trials are there; the run tidies up.' : 'Running.',
    silent: 'No sign of life since ' + since + ' (' + quiet + '): the run sleeps, or is gone.',
    dead: 'Not running: its process is gone without having ended.' + rest,
    ended: done >= planned ? 'Complete.' : 'Not running: the run has ended.' + rest,
  }[run.is] + (answer.unread ? ' ' + count(answer.unread) + ' chunks are still to be read here.' : '')
    + (answer.unreadable ? ' ' + count(answer.unreadable) + ' files cannot be read; saddlemap verify says which.' : ''));
  root.setAttribute('data-run', run.is);
  const share = planned ? done / planned : 0;
  const bar = document.getElementById('progress');
  bar.setAttribute('aria-valuenow', String(Math.floor(100 * share)));
  bar.setAttribute('aria-valuetext', count(done) + ' of ' + count(planned));
  const sum = answer.outcomes.map((n, i) => [outcome(sweep.endings[i]), n]).filter(([, n]) => n > 0).sort((a, b) => a[0].index - b[0].index);
  bar.replaceChildren(...sum.map(([o, n]) => h('span', {style: 'flex:' + n + ' 0 0;background:' + o.color, title: words(o.key) + ' ' + count(n)})),
    h('span', {style: 'flex:' + Math.max(0, planned - done) + ' 0 0'}));
  const parts = [count(done) + ' of ' + count(planned) + ' trials (' + Math.floor(100 * share) + ' %)'];
  if (run.rate) parts.push(number(run.rate) + ' a second' + (run.is === 'running' && run.chunks ? '' : ' while it ran'));
  if (run.left !== null && done < planned) parts.push('about ' + duration(Math.max(1, Math.round(run.left))) + ' left');
  parts.push(count(answer.edges) + (answer.edges === 1 ? ' trial' : ' trials') + ' on a knife edge');
  const line = document.getElementById('numbers');
  line.textContent = parts.join(' · ');
  line.setAttribute('data-done', done);
  const now = document.getElementById('now');
  now.hidden = run.running.length === 0;
  now.lastElementChild.replaceChildren(h('ul', {}, run.running.map(r => h('li', {}, 'numbers ' + count(r.from) + ' to ' + count(r.to - 1)
    + Object.entries(r.common).map(([key, text]) => ', ' + key + ' ' + text).join('')))),
    run.chunks > run.running.length ? h('p', {class: 'small soft'}, 'and ' + count(run.chunks - run.running.length) + ' more') : '');
}

/** The map, its controls, the trials of a cell, and the curve of a trial. */
function liveMap() {
  const axes = sweep.axes, state = sweep.state, own = sweep;
  const edgeText = 'knife edge: margin below ' + sweep.knifeEdge + ' decades';
  const controls = h('div', {class: 'controls', role: 'group', 'aria-label': 'Axes and filters of the map'});
  const legend = h('ul', {class: 'legend', id: 'legend'});
  const element = h('div', {id: 'chart', tabindex: 0, role: 'application', 'aria-roledescription': 'phase map', 'aria-describedby': 'map-help'});
  const list = h('div', {id: 'trials'});
  const trial = h('div', {id: 'trial'});
  const place = cell => [[state.x, cell % own.view.nx], [state.y, Math.floor(cell / own.view.nx) % own.view.ny], [state.facet, Math.floor(cell / own.view.nx / own.view.ny)],
    ...state.filters.map((v, axis) => [axis, v]).filter(([axis, v]) => v >= 0 && axis !== state.x && axis !== state.y && axis !== state.facet)]
    .filter(([axis]) => axis >= 0).map(([axis, v]) => axes[axis].key + ' ' + axes[axis].texts[v]).join(', ') || 'this sweep';
  const picture = mapChart({
    element, axes, state, counted: () => own.view, edgeText,
    describe(cell) {
      const s = sharesOf(own.view, cell), k = own.view.k;
      const edges = own.view.edges.slice(cell * k, cell * k + k).reduce((a, b) => a + b, 0);
      return {title: place(cell), total: s.reduce((a, b) => a + b[1], 0), counts: s.map(([o, n]) => [OUTCOMES[o], n]),
        notes: s.length === 0 ? ['No trials yet.'] : edges ? [count(edges) + ' on a knife edge'] : []};
    },
    choose: cell => listTrials(cell).catch(e => list.replaceChildren(h('p', {role: 'alert'}, e.message))),
  });
  section('map', 'Phase map',
    h('p', {class: 'soft'}, 'Where the descents ended so far. A cell is divided by how its trials ended; a dark corner marks what rests on knife edges. Click a cell for its trials and their curves.'),
    controls, legend, ...picture.nodes,
    h('p', {id: 'map-help', class: 'small soft'}, 'By keyboard: focus the map, move with the arrow keys (Page Up and Page Down between the small maps), press Enter to list a cell’s trials.'),
    list, trial);

  async function listTrials(cell) {
    const answer = await ask('cell', {...shown(), cell});
    const title = h('h3', {tabindex: -1}, count(answer.total) + (answer.total === 1 ? ' trial at ' : ' trials at ') + place(cell));
    list.replaceChildren(h('div', {class: 'panel'}, title,
      answer.trials.length === 0 ? 'No trials yet.' : table(['ended', ...answer.columns, ...(own.replicates > 1 ? ['replicate'] : []), 'curve'],
        answer.trials.map(t => [h('span', {}, category(t.outcome), t.edge ? h('span', {class: 'soft'}, ' knife edge') : null), ...t.at, ...(own.replicates > 1 ? [t.replicate] : []),
          h('button', {type: 'button', class: 'copy', 'data-number': t.number, 'aria-label': 'Curve of trial ' + t.number, onclick: () => showTrial(t.number).catch(e => trial.replaceChildren(h('p', {role: 'alert'}, e.message)))}, 'curve')]), 'Trials of the cell'),
      answer.total > answer.trials.length ? h('p', {class: 'small soft'}, 'The first ' + answer.trials.length + '; hold an axis at a value to see others.') : null));
    title.focus({preventScroll: true});
  }

  let curve = null;
  async function showTrial(number) {
    const t = await ask('trial', {number});
    if (curve !== null) {
      charts.splice(charts.indexOf(curve), 1);
      curve.dispose();
      curve = null;
    }
    const e = h('div', {class: 'chart', id: 'curve'});
    const title = h('h3', {tabindex: -1}, 'Trial ', h('span', {class: 'mono', 'data-trial': t.id}, t.id.slice(0, 10)), copyButton('saddlemap explain ' + t.id.slice(0, 10), 'the command that explains it'));
    trial.replaceChildren(h('div', {class: 'panel'}, title,
      h('p', {}, category(t.outcome), t.kind ? ', ' + t.kind : '', t.cause ? '; cause: ' + words(t.cause) : '', t.margin === null ? '' : '; margin ' + decadesText(t.margin), '. ', t.reason),
      t.curve.length ? e : h('p', {class: 'soft'}, 'It has no curve.'),
      h('p', {class: 'small soft conf'}, t.configuration + '; replicate ' + t.replicate)));
    const positive = p => p[1] !== null && p[1] > 0;
    if (t.curve.length) {
      curve = chart(e, c => ({
        grid: {left: 66, right: 16, top: 30, bottom: 42}, legend: {top: 0},
        tooltip: {trigger: 'axis', valueFormatter: number},
        xAxis: {type: 'log', name: 'step + 1', nameGap: 24, axisLabel: {formatter: power}},
        yAxis: {type: 'log', axisLabel: {formatter: power}},
        series: [['loss', 1, LINES[0], 'circle'], ['gradient norm', 2, LINES[1], 'triangle']].map(([name, at, color, symbol]) => ({type: 'line', name, color, symbol, symbolSize: 4,
          data: t.curve.map(p => [p[0] + 1, p[at]]).filter(positive)})),
      }));
    }
    title.scrollIntoView({block: 'nearest'});
    title.focus({preventScroll: true});
  }
  const decadesText = margin => number(margin) + ' decades' + (margin < own.knifeEdge ? ', a knife edge' : '');

  function fillControls() {
    const names = axes.map((a, i) => [i, a.key]);
    const set = (what, v) => {
      for (const other of ['x', 'y', 'facet']) if (other !== what && state[other] === v && v >= 0) state[other] = state[what];
      state[what] = v;
      own.choose();
      document.getElementById('axis-' + what).focus();
    };
    controls.replaceChildren(
      select('axis-x', 'across', [...names, [-1, 'nothing']], state.x, v => set('x', Number(v))),
      select('axis-y', 'up', [...names, [-1, 'nothing']], state.y, v => set('y', Number(v))),
      select('axis-facet', 'one map for each', [[-1, 'nothing'], ...names.filter(([i]) => axes[i].texts.length <= 60)], state.facet, v => set('facet', Number(v))),
      ...names.filter(([i]) => i !== state.x && i !== state.y && i !== state.facet).map(([i, key]) =>
        select('filter-' + key, key, [[-1, 'all'], ...axes[i].texts.map((t, v) => [v, t])], state.filters[i], v => { state.filters[i] = Number(v); own.choose(); })));
  }

  /** Another map is asked for. */
  own.choose = () => {
    own.choice++;
    own.since = -1;
    own.redraw = true;
    list.replaceChildren();
    fillControls();
    poll();
  };
  own.draw = arrange => {
    fillLegend(legend, own.view, edgeText);
    const by = [state.y, state.x].filter(i => i >= 0).map(i => axes[i].key).join(' by ');
    element.setAttribute('aria-label', 'Phase map of ' + (by || 'all trials')
      + (state.facet >= 0 ? ', one for each ' + axes[state.facet].key : '') + ', ' + count(own.view.total) + ' trials so far');
    if (arrange) picture.arrange(); else picture.redraw();
  };
  fillControls();
}

forever();
