// Shows the page’s reports, one at a time.

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
  findings();
  phaseMap(await unpack(data.cells));
  if (data.comparison) {
    comparison();
  } else {
    causes();
    drivers();
    changes();
    signals();
    curves();
    gradients();
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
/** How much a report has to say: the entropy of how its trials ended, in bits, for all of them. */
function says(report) {
  const rows = report.outcomes ? report.outcomes.rows : [];
  const total = rows.reduce((n, r) => n + r[1], 0);
  return rows.reduce((bits, r) => bits - r[1] / total * Math.log2(r[1] / total), 0) * Math.log2(1 + total);
}
const told = page.reports.map(says);
show(told.indexOf(Math.max(...told))).catch(failed);
