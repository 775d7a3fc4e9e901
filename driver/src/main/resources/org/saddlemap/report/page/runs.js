// Which trials did best, where the time went, and where it all comes from.

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
  section('best', 'Best trials', h('p', {class: 'soft'}, 'By held-out accuracy, then held-out loss, then training loss. Best by these numbers, wherever the descent stood: one that is “descending” had not ended and may get better still. The configuration is complete; replay trains it again.'),
    table(['place', 'trial', 'held-out accuracy', 'held-out loss', 'accuracy', 'final loss', 'ended', 'configuration'],
      rows.map(r => [r.place, h('span', {class: 'mono'}, r.trial_id.slice(0, 10), copyButton('saddlemap replay ' + r.trial_id.slice(0, 10), 'the command that trains it again')), r.heldout_accuracy, r.heldout_loss, r.accuracy, r.final_loss,
        r.category === null ? '–' : category(r.category), configuration(r.configuration, r.replicate)]), 'Best trials'));
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
