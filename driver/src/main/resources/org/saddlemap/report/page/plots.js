// Plots of what was measured: signals, losses, curvature.

/**
 * Between which powers of ten to draw: all of them, less what runs away from the rest, so that one wild curve does
 * not flatten the others.
 *
 * slack: decades beyond the middle half that are never too far
 */
function decadesOf(logs, slack) {
  const v = logs.filter(Number.isFinite).sort((a, b) => a - b);
  if (v.length === 0) return null;
  const q1 = v[Math.floor(v.length / 4)], q3 = v[Math.floor(3 * v.length / 4)], reach = 3 * (q3 - q1) + slack;
  return {low: Math.floor(Math.max(v[0], q1 - reach)), high: Math.ceil(Math.min(v[v.length - 1], q3 + reach)), least: v[0], most: v[v.length - 1]};
}

/** What of a picture lies outside of it, in words; empty where nothing does. */
function outside(range) {
  const out = [];
  if (range.most > range.high) out.push('some go up to 1e' + Math.round(range.most));
  if (range.least < range.low) out.push('some go down to 1e' + Math.round(range.least));
  return out.length ? 'Lines that leave the picture: ' + out.join(', ') + '. ' : '';
}

const SIGNAL_COLUMNS = 11; // before those of the axes that signals are told apart by

function signals() {
  const rows = objects(data.signals);
  if (rows.length === 0) return;
  const s = section('signals', 'Signals over depth', h('p', {class: 'soft'}, 'Medians over the trials of each initializer. Forward: how much a layer’s output depends on the input. Backward: how much of the loss’s derivative reaches it. Straight lines on this log scale vanish or explode exponentially. ',
    'Where the middle four fifths of the trials differ more than tenfold, there is no median: a bar shows where they lie.'));
  const depths = [...new Set(rows.map(r => r.depth))].sort((a, b) => a - b);
  const inits = [...new Set(rows.map(r => r.initializer))];
  const axes = data.signals.columns.slice(SIGNAL_COLUMNS).map(key => ({key, values: [...new Set(rows.map(r => r[key]))]}));
  const chosen = {depth: depths[depths.length - 1]};
  for (const axis of axes) chosen[axis.key] = axis.values.includes('none') ? 'none' : axis.values[0];
  const note = h('p', {class: 'small soft', role: 'status'});
  let ranges = {};
  const MEASURES = ['forward', 'backward'];
  const shown = () => rows.filter(r => Object.entries(chosen).every(([key, v]) => r[key] === v));
  const apart = (r, m) => r[m + '_high'] > 10 * r[m + '_low'];
  const ends = (r, m) => apart(r, m) ? [r[m + '_low'], r[m + '_high']] : [r[m]];
  const redraw = () => {
    const of = shown();
    let zeros = 0, said = '';
    ranges = {};
    for (const m of MEASURES) {
      const values = of.flatMap(r => ends(r, m));
      const range = decadesOf(values.filter(v => v > 0).map(Math.log10), 40) || {low: 0, high: 1, least: 0, most: 1};
      const vanished = values.filter(v => v === 0).length;
      zeros += vanished;
      ranges[m] = {...range, zero: vanished ? range.low - Math.max(1, Math.round((range.high - range.low) / 10)) : null};
      said = said || outside(range);
    }
    note.textContent = of.length === 0 ? 'No trials here.' : said + (zeros ? 'The lowest line of a picture is 0: nothing at all passes there.' : '');
    own.forEach(c => c.draw());
  };
  s.append(h('div', {class: 'controls'},
    select('signal-depth', 'depth', depths.map(d => [d, d]), chosen.depth, v => { chosen.depth = Number(v); redraw(); }),
    ...axes.map(axis => select('signal-' + axis.key, axis.key, axis.values.map(v => [v, v]), chosen[axis.key], v => { chosen[axis.key] = v; redraw(); }))));
  s.append(h('ul', {class: 'legend'}, inits.map((init, i) => h('li', {}, h('span', {'aria-hidden': 'true', style: 'font-size:1.1em;color:' + LINES[i % 7]}, '●■▲◆○□△◇'[i % 8]), init))), note);
  const grid = h('div', {class: 'grid two'});
  s.append(grid);
  const own = [];
  const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];
  for (const [measure, title] of [['forward', 'Forward'], ['backward', 'Backward']]) {
    for (const [moment, when] of [['initial', 'at the initial weights'], ['final', 'at the end']]) {
      const e = h('div', {class: 'chart', 'data-signal': measure + '-' + moment});
      grid.append(h('div', {}, h('h3', {}, title + ' norm ' + when), e));
      own.push(chart(e, () => {
        const range = ranges[measure] || {low: 0, high: 1, zero: null};
        const at = v => v === 0 ? range.zero : Math.log10(v);
        const of = shown().filter(r => r.moment === moment && r[measure] !== null);
        const spread = inits.flatMap((init, i) => of.filter(r => r.initializer === init && apart(r, measure))
          .map(r => [r.layer + 0.06 * (i - (inits.length - 1) / 2), at(r[measure + '_low']), at(r[measure + '_high']), i]));
        return {
          grid: {left: 56, right: 14, top: 8, bottom: 42},
          tooltip: {trigger: 'axis', valueFormatter: v => v === undefined || v === null ? '–' : v === range.zero ? '0' : number(Math.pow(10, v))},
          xAxis: {type: 'value', name: 'layer', nameGap: 24, min: 1, max: chosen.depth + 1, minInterval: 1},
          yAxis: {type: 'value', minInterval: 1, min: range.zero === null ? range.low : range.zero, max: range.high === range.low ? range.low + 1 : range.high, axisLabel: {formatter: v => v === range.zero ? '0' : v < range.low ? '' : '1e' + v}},
          series: [...inits.map((init, i) => ({type: 'line', name: init, symbol: SYMBOLS[i % 8], symbolSize: 6, color: LINES[i % 7], lineStyle: {type: i < 7 ? 'solid' : 'dashed'},
            data: of.filter(r => r.initializer === init).map(r => [r.layer, apart(r, measure) ? null : at(r[measure])])})),
          {type: 'custom', silent: true, clip: true, data: spread, encode: {x: 0, y: [1, 2]}, tooltip: {show: false}, renderItem: (_, api) => {
            const [x, y1] = api.coord([api.value(0), api.value(1)]), y2 = api.coord([api.value(0), api.value(2)])[1];
            return {type: 'line', shape: {x1: x, y1, x2: x, y2}, style: {stroke: LINES[api.value(3) % 7], lineWidth: 3, opacity: 0.7}};
          }}],
        };
      }));
    }
  }
  redraw();
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
  const logs = of => of.flatMap(t => t.points.filter(p => p[1] > 0).map(p => Math.log10(p[1])));
  const steady = lines.filter(t => t.category !== 'diverged');
  const all = logs(lines);
  // What diverges leaves the picture that the others need.
  const range = decadesOf(steady.length ? [...logs(steady), ...lines.flatMap(t => t.points.slice(0, 1).filter(p => p[1] > 0).map(p => Math.log10(p[1])))] : all, 2);
  if (range === null) return;
  range.high = Math.min(range.high + 2, Math.ceil(all.reduce((a, b) => Math.max(a, b), range.high)));
  range.most = all.reduce((a, b) => Math.max(a, b), range.most);
  range.least = all.reduce((a, b) => Math.min(a, b), range.least);
  const zeros = lines.filter(t => t.points.some(p => p[1] === 0)).length;
  const lost = lines.filter(t => t.points.some(p => p[1] === null)).length;
  s.append(h('p', {class: 'small soft', id: 'curves-note'}, outside(range)
    + (zeros ? count(zeros) + (zeros === 1 ? ' curve reaches' : ' curves reach') + ' a loss of exactly 0, for which a log scale has no place. ' : '')
    + (lost ? count(lost) + (lost === 1 ? ' curve ends' : ' curves end') + ' where the loss is no finite number any more.' : '')));
  const DASH = {optimum: 'solid', saddle: 'dashed', plateau: 'dotted', diverged: 'solid', descending: 'dashed'};
  chart(e, c => ({
    grid: {left: 66, right: 30, top: 34, bottom: 46}, legend: {top: 0, itemWidth: 22, itemHeight: 10, data: CATEGORIES.filter(k => lines.some(t => t.category === k))},
    tooltip: {trigger: 'item', formatter: p => p.seriesName + ', step ' + (p.value[0] - 1) + ': loss ' + number(p.value[1])},
    xAxis: {type: 'log', name: 'step + 1', nameGap: 26}, yAxis: {type: 'log', name: 'loss', nameGap: 48, min: Math.pow(10, range.low), max: Math.pow(10, Math.max(range.high, range.low + 1)), axisLabel: {formatter: power}},
    series: lines.map(t => ({type: 'line', name: t.category, color: outcome(t.category).color, symbol: outcome(t.category).symbol, symbolSize: 5, lineStyle: {width: 1.6, type: DASH[t.category]},
      labelLayout: {moveOverlap: 'shiftY'}, endLabel: {show: true, formatter: outcome(t.category).letter, color: c.text, fontWeight: 'bold'},
      data: t.points.filter(p => p[1] !== null && p[1] > 0).map(p => [p[0] + 1, p[1]])})),
  }));
  s.append(h('details', {}, h('summary', {}, 'Which trials these are'), table(['ended', 'kind', 'trial', 'reason', 'configuration'],
    lines.map(t => [category(t.category), t.sub_category, h('span', {class: 'mono'}, t.trial_id.slice(0, 10), copyButton('saddlemap explain ' + t.trial_id.slice(0, 10), 'the command')), t.reason, configuration(t.configuration, t.replicate)]), 'Typical trials')));
}

/** A point a trial, in the colour and shape of its category, where both of its numbers are there. */
function scatter(parent, title, rows, x, y, option) {
  const e = h('div', {class: 'chart', style: 'height:340px'});
  parent.append(h('div', {}, h('h3', {}, title), e));
  chart(e, () => ({
    grid: {left: 66, right: 16, top: 34, bottom: 44}, legend: {top: 0, itemWidth: 12, itemHeight: 10}, ...option,
    series: CATEGORIES.filter(k => rows.some(r => r.category === k)).map(k => ({type: 'scatter', name: k, symbol: outcome(k).symbol, symbolSize: 7, itemStyle: {color: outcome(k).color, opacity: 0.75},
      data: rows.filter(r => r.category === k && x(r) !== null && y(r) !== null).map(r => [x(r), y(r), r.trial])})),
  }));
}

const positive = v => v > 0 ? v : null; // what a log scale has a place for

function gradients() {
  const rows = objects(data.gradients);
  const drawn = rows.filter(r => r.gradient_norm > 0 && r.gap > 0);
  if (drawn.length === 0) return;
  const s = section('gradients', 'Gradient and loss', h('p', {class: 'soft'}, 'Each point is a trial where it ended (a sample of at most 2,500). A threshold on the gradient would be a vertical line. Where colours stand above each other, no such line tells an optimum from a network that is stuck.'));
  scatter(s, 'Loss against the norm of its gradient', drawn, r => r.gradient_norm, r => r.gap, {
    tooltip: {formatter: p => p.seriesName + ' ' + p.value[2] + '\ngradient ' + number(p.value[0]) + ', gap ' + number(p.value[1])},
    xAxis: {type: 'log', name: 'norm of the gradient', nameGap: 26, axisLabel: {formatter: power}},
    yAxis: {type: 'log', name: 'gap (loss above its bound, of its range)', nameGap: 48, axisLabel: {formatter: power}},
  });
  const left = rows.length - drawn.length;
  if (left > 0) s.append(h('p', {class: 'small soft'}, count(left) + (left === 1 ? ' trial has' : ' trials have') + ' no place on these scales: their gradient is exactly zero, or their loss is at its bound.'));
}

function curvature() {
  const rows = objects(data.curvature);
  if (rows.length === 0) return;
  const s = section('curvature', 'Curvature', h('p', {class: 'soft'}, 'Each point is a trial where it ended (a sample of at most 2,500). A saddle has a way down that is worth going: its smallest eigenvalue is so far below zero that the loss falls there by more than the rule’s threshold. An eigenvalue just below zero is no such way, and optima and plateaus have them too.'));
  const grid = h('div', {class: 'grid'});
  s.append(grid);
  const floor = 1e-9; // Around zero the scale is linear.
  const symlog = v => Math.sign(v) * Math.log10(1 + Math.abs(v) / floor);
  const back = v => Math.sign(v) * floor * (Math.pow(10, Math.abs(v)) - 1);
  const bounds = rows.filter(r => r.lambda_max > 0 && r.lambda_min !== null);
  if (bounds.length) {
    scatter(grid, 'Smallest against largest eigenvalue', rows, r => positive(r.lambda_max), r => r.lambda_min === null ? null : symlog(r.lambda_min), {
      tooltip: {formatter: p => p.seriesName + ' ' + p.value[2] + '\nλmax ' + number(p.value[0]) + ', λmin ' + number(back(p.value[1]))},
      xAxis: {type: 'log', name: 'λmax (scaled)', nameGap: 26, axisLabel: {formatter: power}}, yAxis: {type: 'value', name: 'λmin (scaled)', nameGap: 48, axisLabel: {formatter: v => v === 0 ? '0' : (v < 0 ? '−' : '') + '1e' + Math.round(Math.abs(v) - 9)}},
    });
  }
  const flat = rows.filter(r => !(r.lambda_max > 0) || r.lambda_min === null).length, exact = rows.filter(r => r.negative_eigenvalues !== null && r.gap === 0).length;
  if (flat + exact > 0) s.append(h('p', {class: 'small soft'}, (flat ? count(flat) + (flat === 1 ? ' trial has' : ' trials have') + ' no place in the first picture: no curvature above 0, or none measured. ' : '')
    + (exact ? count(exact) + (exact === 1 ? ' trial has' : ' trials have') + ' none in the second: a gap of exactly 0.' : '')));
  if (rows.some(r => r.negative_eigenvalues !== null && r.gap !== null)) {
    scatter(grid, 'Index against gap (loss above its bound, of its range)', rows, r => r.negative_eigenvalues, r => positive(r.gap), {
      tooltip: {formatter: p => p.seriesName + ' ' + p.value[2] + '\n' + p.value[0] + ' negative eigenvalues, gap ' + number(p.value[1])},
      xAxis: {type: 'value', name: 'negative eigenvalues (exact; small networks)', nameGap: 26, minInterval: 1}, yAxis: {type: 'log', name: 'gap', nameGap: 44, axisLabel: {formatter: power}},
    });
  }
}
