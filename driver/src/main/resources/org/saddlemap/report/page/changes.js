// What a change of one hyperparameter, or from one sweep to another, changes.

/** Counts from (rows) into (columns), the ones that turned shaded. */
function matrix(counts, caption) {
  const of = (a, b) => counts.get(a + '>' + b) || 0;
  const from = CATEGORIES.filter(a => CATEGORIES.some(b => of(a, b) > 0)), to = CATEGORIES.filter(b => CATEGORIES.some(a => of(a, b) > 0));
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
  return count(turned) + ' of ' + count(pairs) + ' pairs turn: ' + wilson(turned, pairs)
    + (turns.length ? '; ' + turns.slice(0, 3).map(([a, b, n]) => count(n) + ' from ' + a + ' into ' + b).join(', ') + (turns.length > 3 ? ', …' : '.') : '.');
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
    grid.append(h('div', {}, h('h3', {}, by.hyperparameter), table(['value', 'pairs', 'turned', 'share, 95 % interval'], by.rows.map(r => [String(r[0]), r[1], r[2], wilson(r[2], r[1])]), 'Turned by ' + by.hyperparameter)));
  }
  const trials = objects(c.trials);
  if (trials.length) {
    const keys = c.trials.columns.slice(0, c.trials.columns.indexOf('replicate'));
    s.append(h('details', {}, h('summary', {}, trials.length < 200 ? 'The trials that turned' : 'The first 200 trials that turned'),
      table([...keys, 'replicate', 'from', 'into', 'loss before', 'loss after', 'trial before', 'trial after', 'reason after'],
        trials.map(t => [...keys.map(k => typeof t[k] === 'boolean' ? String(t[k]) : t[k]), t.replicate, category(t.from_category), category(t.to_category), t.from_loss, t.to_loss, h('span', {class: 'mono'}, t.from_trial.slice(0, 10)), h('span', {class: 'mono'}, t.to_trial.slice(0, 10)), t.to_reason]), 'Trials that turned')));
  }
}
