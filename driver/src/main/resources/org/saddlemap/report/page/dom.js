// The page’s data, and its elements: text, tables, buttons, sections.

// What the page holds; Java writes it (SweepReport.json). All text goes through textContent.
const page = JSON.parse(document.getElementById('data').textContent);
let data = (page.reports || [])[0]; // the report that is shown

// How each outcome is shown; Java says it too (OutcomeMark), so that pictures without a browser agree.
const OUTCOMES = page.outcomes;
const OUTCOME = new Map(OUTCOMES.map((o, i) => [o.key, {...o, index: i}]));
const CATEGORIES = OUTCOMES.filter(o => o.category).map(o => o.key);
const LINES = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#999999', '#000000'];

/** An element: attributes, listeners (on…), and children that are nodes or plain text. */
function h(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'style') e.style.cssText = v; // a policy may forbid the attribute
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
/** A share with Wilson’s 95 % interval. */
function wilson(part, whole) {
  if (!whole) return '–';
  const z = 1.959964, p = part / whole, d = 1 + z * z / whole;
  const middle = (p + z * z / (2 * whole)) / d, half = z / d * Math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole));
  return percent(p) + ' (' + percent(Math.max(0, middle - half)).replace(' %', '') + ' to ' + percent(Math.min(1, middle + half)) + ')';
}
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
