/** The script of the map. It writes what it is given as text, never as markup. */
export const SCRIPT = String.raw`
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const at = (id) => document.getElementById(id);
  const MOST_LINKS = 1500, MOST_NODES = 400, PAGE = 200;
  let chosen = {}, rowsShown = PAGE, opener = null, open = null;

  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const list = (tag, items, of) => {
    const element = make(tag);
    for (const item of items) element.append(of(item));
    return element;
  };

  const text = (way) => [way.caller, way.exit, way.host, way.calls, way.leaves, way.owner, way.reason, way.ticket].join(' ').toLowerCase();
  for (const way of data.ways) way.text = text(way);

  function visible() {
    const words = at('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
    const risk = at('risk').value;
    return data.ways.filter((way) =>
      words.every((word) => way.text.includes(word)) &&
      (risk === '' || (risk === 'direct' ? way.direct : way.protection === risk)));
  }
  const isChosen = (way) => Object.entries(chosen).every(([side, name]) => way[side] === name);

  // Ways of one caller, exit and host are one link: what the worst of them is, the link is.
  const WORST = ['plaintext', 'unverified', 'caller', 'verified'];
  function linksOf(ways) {
    const links = new Map();
    for (const way of ways) {
      const key = JSON.stringify([way.caller, way.exit, way.host]);
      if (!links.has(key)) links.set(key, []);
      links.get(key).push(way);
    }
    return [...links.values()];
  }
  const worst = (ways) => WORST.find((protection) => ways.some((way) => way.protection === protection));

  const nodes = { caller: new Map(), exit: new Map(), host: new Map() };
  function column(side, id, ways) {
    const names = [...new Set(ways.map((way) => way[side]))].sort();
    nodes[side].clear();
    const items = names.slice(0, MOST_NODES).map((name) => {
      const button = make('button', name, { type: 'button', 'aria-pressed': String(chosen[side] === name) });
      if (side === 'exit' && ways.some((way) => way.exit === name && way.direct)) button.className = 'direct';
      button.addEventListener('click', () => {
        if (chosen[side] === name) delete chosen[side]; else chosen[side] = name;
        draw();
        nodes[side].get(name)?.focus();
      });
      nodes[side].set(name, button);
      const item = make('li');
      item.append(button);
      return item;
    });
    if (names.length > MOST_NODES) items.push(make('li', 'and ' + (names.length - MOST_NODES) + ' more: filter', { class: 'soft' }));
    at(id).replaceChildren(...items);
  }

  function connect(links) {
    const svg = at('links');
    const origin = svg.getBoundingClientRect();
    const paths = [];
    for (const ways of links.slice(0, MOST_LINKS)) {
      const [way] = ways;
      const buttons = [nodes.caller.get(way.caller), nodes.exit.get(way.exit), nodes.host.get(way.host)];
      if (buttons.some((button) => !button)) continue;
      const [a, b, c] = buttons.map((button) => button.getBoundingClientRect());
      const y = (box) => box.top + box.height / 2 - origin.top;
      const curve = (from, to) => {
        const [x1, x2] = [from.right - origin.left, to.left - origin.left];
        const middle = (x1 + x2) / 2;
        return 'M' + [x1, y(from)] + ' C' + [middle, y(from), middle, y(to), x2, y(to)];
      };
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', curve(a, b) + ' ' + curve(b, c));
      path.setAttribute('class', worst(ways) + (open && ways[0] === open[0] ? ' open' : ''));
      path.setAttribute('tabindex', '0');
      path.setAttribute('role', 'button');
      path.setAttribute('aria-label', way.caller + ' to ' + way.host + ', exit ' + way.exit + ', encryption ' + [...new Set(ways.map((one) => one.encryption))].join(' and '));
      path.addEventListener('click', () => explain(ways, path));
      path.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        explain(ways, path);
      });
      paths.push(path);
    }
    svg.replaceChildren(...paths);
    return paths.length;
  }

  function table(ways) {
    at('rows').replaceChildren(...ways.slice(0, rowsShown).map((way) => {
      const row = make('tr');
      const button = make('button', way.caller, { type: 'button', 'aria-label': 'Explain ' + way.caller + ' to ' + way.calls });
      button.addEventListener('click', () => explain([way], button));
      const caller = make('td');
      caller.append(button);
      row.append(caller, make('td', way.calls), make('td', way.leaves || 'there'), make('td', way.exit, way.direct ? { class: 'plaintext-text' } : {}),
        make('td', way.encryption, { class: way.protection + '-text' }), make('td', way.pass), make('td', way.owner || ''),
        make('td', way.expires || '', way.expired ? { class: 'expired' } : {}));
      return row;
    }));
    at('more').hidden = ways.length <= rowsShown;
  }

  function draw() {
    const ways = visible();
    for (const [side, name] of Object.entries(chosen)) if (!ways.some((way) => way[side] === name)) delete chosen[side];
    column('caller', 'callers', ways);
    column('exit', 'exits', ways);
    column('host', 'hosts', ways);
    const left = ways.filter(isChosen);
    const links = linksOf(left);
    const drawn = connect(links);
    table(left);
    at('shown').textContent = left.length + ' of ' + data.ways.length + ' ways out' + (drawn < links.length ? '; ' + drawn + ' of ' + links.length + ' lines are drawn' : '');
  }

  function explain(ways, from) {
    opener = from;
    open = ways;
    for (const path of at('links').children) path.classList.toggle('open', path === from);
    const [first] = ways;
    at('details-title').textContent = first.caller + ' → ' + (ways.length === 1 ? first.calls : first.host);
    at('details-body').replaceChildren(...ways.map((way) => {
      const part = make('div');
      if (ways.length > 1) part.append(make('h3', way.calls));
      part.append(...way.outcome.map((line) => make('p', line)));
      const facts = [['Encryption', way.encryption], ['Requests that pass', way.pass], ['Owner', way.owner], ['Reason', way.reason], ['Ticket', way.ticket],
        ['Expires', way.expires && way.expires + (way.expired ? ' (past)' : '')]].filter(([, value]) => value);
      part.append(list('ul', facts, ([name, value]) => make('li', name + ': ' + value)));
      part.append(list('ol', way.steps, (step) => {
        const item = make('li', step.who);
        item.append(list('ul', step.decided, ({ object, does, at: place }) => {
          const line = make('li');
          line.append(make('code', object), ' ' + does + (place ? ' ' : ''));
          if (place) line.append(make('code', place, { class: 'soft' }));
          return line;
        }));
        if (step.then) item.append(make('p', step.then));
        return item;
      }));
      return part;
    }));
    at('details').hidden = false;
    at('details').focus();
    at('details').scrollIntoView({ block: 'nearest' });
  }

  function close() {
    if (at('details').hidden) return;
    at('details').hidden = true;
    open = null;
    for (const path of at('links').children) path.classList.remove('open');
    (opener && opener.isConnected ? opener : at('filter')).focus();
  }

  at('summary').textContent = data.summary;
  at('assumed').append(...data.assumed.map((line) => make('li', line)));
  at('uncounted').append(...data.problems.map((line) => make('li', line)));
  at('problems').hidden = data.problems.length === 0;
  const again = () => { rowsShown = PAGE; draw(); };
  at('filter').addEventListener('input', again);
  at('risk').addEventListener('change', again);
  at('more').addEventListener('click', () => { rowsShown += PAGE; draw(); });
  at('close').addEventListener('click', close);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  window.addEventListener('resize', () => connect(linksOf(visible().filter(isChosen))));
  draw();
})();
`;
