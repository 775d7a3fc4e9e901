// What the sweep found, in sentences, each with the query that answers its numbers.

function findings() {
  if (!data.findings) return;
  document.getElementById('lead').append(h('ol', {id: 'findings', 'aria-label': 'What was found'},
    data.findings.map(f => h('li', {'data-finding': f.key}, f.text.replaceAll(' %', '\u00a0%'), ' ',
      h('details', {}, h('summary', {'aria-label': 'The SQL behind: ' + f.text}, 'SQL'),
        h('p', {class: 'small soft'}, 'The numbers of this sentence:', copyButton(f.sql, 'the query')), h('pre', {tabindex: 0}, f.sql))))));
}
