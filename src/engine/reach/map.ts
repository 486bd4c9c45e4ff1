import { createHash } from 'node:crypto';
import { Listed, summaryOf } from './inventory-text';
import { SCRIPT } from './map-script';
import { STYLE } from './map-style';
import { calledOf, exitOf, leavesTo, outcomeOf, PROTECTIONS, protectionOf, Way } from './way';
import { oneLine, sentence } from '../../model/plain-text';
import { storyOf } from '../story';
import { problemText } from '../story-text';

/**
 * The inventory as one page that loads nothing: callers, exits and hosts, and the ways between them.
 *
 * Names come from files of others. They stand in the page as data alone, and its script writes them as text; by its policy, a browser runs
 * nothing but this script, and loads nothing.
 */
export function toHtml(listed: Listed): string {
  const policy = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>What leaves the mesh</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>What leaves the mesh</h1>
<p id="summary"></p>
<div class="tools">
<label for="filter">Filter</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="caller, exit, host, owner">
<label for="risk">Show</label>
<select id="risk">
<option value="">all ways out</option>
<option value="direct">those past every exit</option>
<option value="plaintext">those without encryption</option>
<option value="unverified">those without a verified server</option>
</select>
<span id="shown" role="status"></span>
</div>
</header>
<main>
<section id="map" aria-label="Map of callers, exits and hosts">
<svg id="links" role="group" aria-label="Ways between them; each opens its explanation"></svg>
<div class="column"><h2 id="callers-title">Callers</h2><ul id="callers" aria-labelledby="callers-title"></ul></div>
<div class="column"><h2 id="exits-title">Exits</h2><ul id="exits" aria-labelledby="exits-title"></ul></div>
<div class="column"><h2 id="hosts-title">Hosts</h2><ul id="hosts" aria-labelledby="hosts-title"></ul></div>
</section>
<p class="legend"><span class="verified">encrypted, server verified</span> <span class="caller">encrypted by the caller</span> <span class="unverified">server not verified</span> <span class="plaintext">not encrypted</span></p>
<section id="details" tabindex="-1" aria-labelledby="details-title" hidden>
<button id="close" type="button">Close</button>
<h2 id="details-title"></h2>
<div id="details-body"></div>
</section>
<section aria-labelledby="table-title">
<h2 id="table-title">The same as a table</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="table-title">
<table>
<thead><tr><th scope="col">Caller</th><th scope="col">Calls</th><th scope="col">Leaves to</th><th scope="col">Exit</th><th scope="col">Encryption</th><th scope="col">Pass</th><th scope="col">Owner</th><th scope="col">Expires</th></tr></thead>
<tbody id="rows"></tbody>
</table>
</div>
<button id="more" type="button" hidden>Show more</button>
</section>
<section aria-labelledby="assumed-title">
<h2 id="assumed-title">Assumed</h2>
<ul id="assumed"></ul>
<div id="problems" hidden><h2>Not counted</h2><ul id="uncounted"></ul></div>
</section>
</main>
<noscript><p>This page needs its script, which it brings along; inventory --output markdown is the same without one.</p></noscript>
<script type="application/json" id="data">${inScript(dataOf(listed))}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON within a script element: nothing in it ends the element, begins a comment, or is a line of its own to old parsers. */
export function inScript(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const PASS = { all: 'all', some: 'some, by rules', depends: 'depends on what manifests do not tell' } as const;

function dataOf(listed: Listed): object {
  return {
    summary: sentence(summaryOf(listed)),
    ways: listed.ways.map((way) => wayData(way, listed)),
    assumed: listed.assumptions.map(sentence),
    problems: listed.problems.map(problemText),
  };
}

function wayData(way: Way, { expired }: Listed): object {
  const story = storyOf(way.call, way.answer);
  const { owner, reason, ticket, expires } = way.notes ?? {};
  return {
    caller: oneLine(way.caller),
    exit: oneLine(exitOf(way)),
    host: oneLine(way.host),
    calls: oneLine(calledOf(way)),
    leaves: oneLine(leavesTo(way) ?? ''),
    protection: protectionOf(way.arrives),
    encryption: PROTECTIONS[protectionOf(way.arrives)],
    direct: way.isDirect,
    pass: PASS[way.access],
    ...{ owner, reason, ticket, expires },
    expired: expired?.ways.includes(way) ?? false,
    outcome: outcomeOf(way).map(sentence),
    steps: story.steps.map(({ who, decided, then }) => ({
      who: sentence(who),
      decided: decided.map(({ object, does, at }) => ({ object: oneLine(object), does: oneLine(does), at })),
      then: then && sentence(then),
    })),
  };
}
