/** The style of the map, in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1b1f24; --soft: #59636e; --line: #d1d9e0; --box: #f6f8fa; --focus: #0550ae;
  --verified: #1a7f37; --caller: #0969da; --unverified: #9a6700; --plaintext: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --fg: #e6edf3; --soft: #9198a1; --line: #3d444d; --box: #151b23; --focus: #79c0ff;
  --verified: #3fb950; --caller: #58a6ff; --unverified: #d29922; --plaintext: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1400px; margin: 0 auto; padding: 0 16px; }
h1 { font-size: 1.5rem; margin: 16px 0 4px; } h2 { font-size: 1rem; margin: 16px 0 8px; }
p { margin: 4px 0 12px; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
input, select, button { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px; }
input { flex: 1 1 180px; min-width: 0; max-width: 420px; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
#shown, .soft { color: var(--soft); }
#map { position: relative; display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); column-gap: 12%; margin-top: 12px; }
#links { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.column { position: relative; pointer-events: none; }
.column ul { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 8px; }
.column button { pointer-events: auto; width: 100%; text-align: left; overflow-wrap: anywhere; }
.column button[aria-pressed="true"] { border-color: var(--focus); box-shadow: inset 0 0 0 1px var(--focus); }
.column button.direct { border-style: dashed; border-color: var(--plaintext); }
path { fill: none; stroke-width: 2.5; opacity: .75; cursor: pointer; pointer-events: stroke; }
path:hover, path:focus, path.open { stroke-width: 6; opacity: 1; outline: none; }
path:focus-visible { stroke: var(--focus); }
path.verified { stroke: var(--verified); } path.caller { stroke: var(--caller); stroke-dasharray: 8 3; }
path.unverified { stroke: var(--unverified); stroke-dasharray: 4 3; } path.plaintext { stroke: var(--plaintext); stroke-dasharray: 2 4; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0; font-size: .85rem; }
.legend span::before { content: ""; display: inline-block; width: 26px; margin-right: 6px; vertical-align: middle; border-top: 3px solid; }
.legend .verified::before { border-color: var(--verified); } .legend .caller::before { border-color: var(--caller); border-top-style: dashed; }
.legend .unverified::before { border-color: var(--unverified); border-top-style: dashed; } .legend .plaintext::before { border-color: var(--plaintext); border-top-style: dotted; }
#details { border: 1px solid var(--line); border-left: 4px solid var(--focus); border-radius: 6px; padding: 4px 16px 12px; background: var(--box); overflow-wrap: anywhere; }
#details button { float: right; margin-top: 8px; } #details ol, #details ul { padding-left: 24px; } #details h3 { font-size: .95rem; margin: 12px 0 4px; }
code { font: .9em ui-monospace, monospace; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
td button { padding: 2px 8px; text-align: left; white-space: nowrap; }
.plaintext-text, .expired { color: var(--plaintext); font-weight: 600; } .unverified-text { color: var(--unverified); font-weight: 600; }
#more { margin: 12px 0; }
[hidden] { display: none !important; }
@media (max-width: 600px) { #map { column-gap: 8%; font-size: 12px; } .column button { padding: 4px 6px; } header, main { padding: 0 10px; } }
@media (prefers-reduced-motion: no-preference) { path { transition: stroke-width .1s; } }
`;
