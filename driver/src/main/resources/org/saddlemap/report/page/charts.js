// Charts, and the theme that they are drawn in.

const root = document.documentElement;
const css = name => getComputedStyle(root).getPropertyValue(name).trim();
const charts = []; // {chart, element, option()}

function drawAll() {
  for (const c of charts) c.draw();
}

/** A chart whose option is made anew for every theme and size. */
function chart(element, option) {
  if (!element.hasAttribute('role')) element.setAttribute('role', 'img'); // its words are the library's
  const instance = echarts.init(element, null, {renderer: 'canvas', devicePixelRatio: Math.max(2, window.devicePixelRatio)}); // sharp on paper too
  const draw = () => {
    const text = css('--text'), soft = css('--soft'), line = css('--line');
    const o = option({text, soft, line, bg: css('--bg')});
    const axis = a => ({
      axisLine: {onZero: false, lineStyle: {color: soft}}, axisTick: {lineStyle: {color: soft}},
      nameTextStyle: {color: soft}, nameLocation: 'middle', ...a,
      axisLabel: {color: soft, hideOverlap: true, ...(a.axisLabel || {})},
      splitLine: {lineStyle: {color: line}, ...(a.splitLine || {})},
    });
    for (const k of ['xAxis', 'yAxis']) {
      if (o[k]) o[k] = Array.isArray(o[k]) ? o[k].map(axis) : axis(o[k]);
    }
    instance.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: {color: text, fontFamily: 'system-ui, "DejaVu Sans", sans-serif'},
      aria: {enabled: true}, ...o,
      legend: o.legend ? {textStyle: {color: text}, inactiveColor: soft, type: 'scroll', ...o.legend} : undefined,
      tooltip: o.tooltip ? {confine: true, backgroundColor: css('--tip'), borderWidth: 0, textStyle: {color: css('--tip-text'), fontSize: 12}, renderMode: 'richText', ...o.tooltip} : undefined,
    }, true);
  };
  let width = 0;
  // The page's grids give charts their width as they fill up; phones are turned.
  const observer = new ResizeObserver(() => {
    if (element.clientWidth !== width) (entry.onresize || entry.resize)();
  });
  const entry = {
    instance, element, draw,
    resize() { width = element.clientWidth; instance.resize(); draw(); },
    dispose() { observer.disconnect(); instance.dispose(); },
  };
  charts.push(entry);
  observer.observe(element);
  return entry;
}

const themeButton = document.getElementById('theme');
const THEMES = ['auto', 'light', 'dark'];
let theme = 'auto';
function setTheme(next) {
  theme = next;
  if (theme === 'auto') root.removeAttribute('data-theme'); else root.setAttribute('data-theme', theme);
  themeButton.textContent = 'Theme: ' + theme;
  themeButton.setAttribute('aria-label', 'Colours: ' + (theme === 'auto' ? 'as the system' : theme));
  drawAll();
}
themeButton.addEventListener('click', () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % 3]));
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);

// On paper: light colours, charts as wide as the sheet, and nothing folded away.
let onScreen = {theme: 'auto', closed: []};
function resizeAll() {
  for (const c of charts) (c.onresize || c.resize)();
}
window.addEventListener('beforeprint', () => {
  onScreen = {theme, closed: [...document.querySelectorAll('section > details:not([open])')]};
  for (const d of onScreen.closed) d.open = true;
  fillMapTable(); // its own event comes too late
  root.setAttribute('data-printing', '');
  setTheme('light');
  resizeAll();
});
window.addEventListener('afterprint', () => {
  for (const d of onScreen.closed) d.open = false;
  root.removeAttribute('data-printing');
  setTheme(onScreen.theme);
  resizeAll();
});
