// How the trials ended, and what drives it.

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

/** An importance with its interval. */
const sure = r => r.importance.toFixed(3) + ' (' + r.low.toFixed(3) + ' to ' + r.high.toFixed(3) + ')';

/** A share with Wilson’s interval. */
const between = (share, low, high) => share === null ? '–' : percent(share) + ' (' + percent(low).replace(' %', '') + ' to ' + percent(high) + ')';

/** From the first to the second number, at the place of the third. */
function whisker(api, color) {
  const [x, y] = api.coord([api.value(0), api.value(2)]), [end] = api.coord([api.value(1), api.value(2)]);
  const line = (x1, y1, x2, y2) => ({type: 'line', shape: {x1, y1, x2, y2}, style: {stroke: color, lineWidth: 1.5}});
  return {type: 'group', children: [line(x, y, end, y), line(x, y - 4, x, y + 4), line(end, y - 4, end, y + 4)]};
}

function drivers() {
  const s = section('drivers', 'What drives it');
  if (data.importance.length === 0 && data.rules.length === 0) {
    s.append(h('p', {}, 'Too few trials, or too few endings that differ, to fit a model to.'));
    return;
  }
  s.append(h('p', {class: 'soft'}, 'Random forests predict how a trial ends from its hyperparameters. A bar is how much the prediction of configurations that the forest has not seen gets worse when that hyperparameter’s values are shuffled; below 0 it got better, by chance. Whiskers are 95 % intervals: unseen trials drawn anew, 200 times.'), h('p', {class: 'soft'}, 'A fall of R² may be more than the R² itself: predictions from shuffled values can be worse than the mean, whose R² is 0.'));
  const grid = h('div', {class: 'grid two'});
  s.append(grid);
  for (const target of [...new Set(data.importance.map(r => r.target))]) {
    const rows = data.importance.filter(r => r.target === target);
    const r0 = rows[0];
    const measure = r0.measure === 'auc' ? 'AUC' : 'R²';
    const title = target === 'loss' ? 'The final loss (log10)' : 'P(' + target + ')' + (target === 'trains' ? ': its cause is none' : '');
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
    const color = target === 'loss' ? '#0072B2' : target === 'trains' ? outcome('optimum').color : outcome(target).color;
    chart(e, c => ({
      grid: {left: Math.min(150, 14 + 7 * Math.max(...single.map(r => r.a.length))), right: 56, top: 4, bottom: 30},
      xAxis: {type: 'value', name: 'fall of ' + measure, nameGap: 22, axisLabel: {fontSize: 10}},
      yAxis: {type: 'category', data: single.map(r => r.a), axisTick: {show: false}, axisLabel: {fontSize: 12, interval: 0, hideOverlap: false}},
      tooltip: {formatter: p => single[p.dataIndex].a + ': ' + sure(single[p.dataIndex])},
      series: [{type: 'bar', data: single.map(r => ({value: r.importance, itemStyle: {color, opacity: r.low > 0 ? 1 : 0.35}}))},
        {type: 'custom', silent: true, z: 3, data: single.map((r, i) => [r.low, r.high, i]), encode: {x: [0, 1], y: 2},
          renderItem: (_, api) => whisker(api, c.text)}],
    }));
    if (single.some(r => r.low <= 0)) box.append(h('p', {class: 'small soft'}, 'Pale: the interval reaches 0, so that it may be nothing.'));
    const pairs = rows.filter(r => r.b !== null).sort((a, b) => b.importance - a.importance).slice(0, 4);
    if (pairs.length) {
      box.append(table(['pair', 'together, 95 % interval', 'interaction'], pairs.map(r => [r.a + ' × ' + r.b, sure(r), Number(r.interaction.toFixed(3))]), 'Pairs for ' + title));
    }
  }
  if (data.rules.length) {
    s.append(h('h3', {}, 'Plain rules'), h('p', {class: 'soft small'}, 'Leaves of one shallow decision tree; each condition can be pasted behind WHERE. With 95 % intervals; rules that trials of unseen configurations refute are left out, and those that too few of these were met by are marked.'),
      table(['condition', 'ends as', 'right', 'of trials', 'held out: right', 'of', 'note'],
        data.rules.map(r => [h('code', {}, r.condition), category(r.category), between(r.precision, r.low, r.high), r.trials, between(r.heldOutPrecision, r.heldOutLow, r.heldOutHigh), r.heldOutTrials, r.heldOutLow < 0.5 ? 'weak' : '']), 'Rules of a decision tree'));
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
    table(['cause', 'what it means', 'trials', 'share, 95 % interval', 'ended', 'for example'],
      order.map(cause => {
        const some = [...of.get(cause)].sort((a, b) => b.trials - a.trials);
        return [words(cause), data.causes.meaning[cause], sum(cause), wilson(sum(cause), total + data.causes.without),
          h('span', {}, some.flatMap((r, i) => [i ? ', ' : '', category(r.category || 'unjudged'), ' ' + count(r.trials)])),
          h('span', {class: 'cat'}, h('span', {class: 'mono'}, some[0].example.slice(0, 10)), copyButton('saddlemap explain ' + some[0].example.slice(0, 10), 'the command that explains it'))];
      }), 'Trials by cause'));
  const bars = [...order].reverse();
  const kinds = OUTCOMES.filter(o => rows.some(r => (r.category || 'unjudged') === o.key));
  chart(e, c => ({
    grid: {left: 170, right: 60, top: 30, bottom: 30}, legend: {top: 0, itemWidth: 12, itemHeight: 10},
    tooltip: {formatter: p => words(bars[p.dataIndex]) + ', ' + p.seriesName + ': ' + count(p.value)},
    xAxis: {type: 'value', name: 'trials', nameGap: 20, minInterval: 1, axisLabel: {fontSize: 10}},
    yAxis: {type: 'category', data: bars.map(words), axisTick: {show: false}, axisLabel: {fontSize: 12, interval: 0, hideOverlap: false}},
    series: kinds.map((o, i) => ({type: 'bar', stack: 'all', name: o.key, color: o.color, barMaxWidth: 18,
      data: bars.map(cause => of.get(cause).filter(r => (r.category || 'unjudged') === o.key).reduce((n, r) => n + r.trials, 0)),
      label: i < kinds.length - 1 ? undefined : {show: true, position: 'right', formatter: p => count(sum(bars[p.dataIndex])), color: c.soft, fontSize: 11}})),
  }));
}

function disagreements() {
  const d = data.disagreements;
  if (d.configurations === 0) return;
  const rows = objects(d.rows);
  section('disagreements', 'Where replicates disagree', h('p', {}, count(d.total) + ' of ' + count(d.configurations) + ' configurations with several replicates ended differently by the seed alone.'),
    rows.length ? h('details', {}, h('summary', {}, rows.length < d.total ? 'The first ' + rows.length : 'Which'), table(['replicates', ...CATEGORIES, 'configuration'],
      rows.map(r => [r.replicates, ...CATEGORIES.map(k => r[k]), configuration(r.configuration, null)]), 'Configurations whose replicates disagree')) : null);
}

function failures() {
  const rows = objects(data.failures);
  section('failures', 'Failures', rows.length === 0 ? h('p', {}, 'None: every trial completed.') : table(['status', 'trials', 'reason', 'for example'],
    rows.map(r => [r.status.replace('_', ' '), r.trials, r.stack_trace ? h('div', {}, r.reason, h('details', {}, h('summary', {}, 'stack trace'), h('pre', {}, r.stack_trace))) : r.reason,
      h('span', {class: 'mono'}, r.example.slice(0, 10), copyButton('saddlemap explain ' + r.example.slice(0, 10), 'the command'))]), 'Failures'));
}
