/** The page's style: light, dark and printed. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #fff; --text: #1b1f24; --muted: #5a6470; --line: #dfe3e8; --strong: #b9c1cb;
  --ours: #1463b8; --baseline: #b4530a; --third: #2c7a3f; --focus: #1463b8;
  --ours-soft: #86b3e5; --baseline-soft: #e3b48c;
  --found: #1f7a3d; --missed: #b3261e; --alarm: #9a5b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f23; --text: #e7eaee; --muted: #9ba6b2; --line: #2e353c; --strong: #4b5560;
    --ours: #6ab0ff; --baseline: #f2a25c; --third: #6fcf87; --focus: #8ec4ff;
    --ours-soft: #3a6ca6; --baseline-soft: #8c5a2c;
    --found: #6fcf87; --missed: #ff8a80; --alarm: #f0b84e;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 72rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
  font-variant-numeric: tabular-nums; text-wrap: pretty;
}
h1, h2, h3, h4 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: 1.9rem; letter-spacing: -0.015em; }
h2 { font-size: 1.35rem; margin: 3.25rem 0 0.75rem; letter-spacing: -0.01em; }
h3 { font-size: 1.05rem; margin: 0 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--ours); }
.lead { font-size: 1.35rem; line-height: 1.4; margin: 1rem 0 0.5rem; }
.note, figcaption, .legend { color: var(--muted); font-size: 0.9rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }

.facts-list { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.85rem 2rem; margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.facts-list dt { color: var(--muted); font-size: 0.8rem; }
.facts-list dd { margin: 0; overflow-wrap: anywhere; }

.scroll { overflow-x: auto; }
table { max-width: 58rem; border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { padding: 0.34rem 0.75rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 0.85rem; border-bottom: 1px solid var(--strong); vertical-align: bottom; }
.scores th[scope=row], .scores thead th:first-child, .group th { text-align: left; }
.scores .group th { font-weight: 600; padding-top: 1.1rem; }
.scores .ours:not(.interval) { font-weight: 600; }
.interval, .other { color: var(--muted); }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 2rem; }
.chart { margin: 0; }
.chart .plot { overflow-x: auto; }
.chart .plot svg { display: block; max-width: 100%; min-width: 26rem; height: auto; }
.chart h3 { margin-bottom: 0.6rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 1.5rem; padding: 0; margin: 0.6rem 0; }
.legend li { display: flex; align-items: center; gap: 0.5rem; }
.legend svg { flex: none; width: 34px; height: 10px; overflow: visible; }
.chart-row { display: grid; grid-template-columns: fit-content(44rem) minmax(13rem, 1fr); gap: 1.5rem 2.5rem; align-items: start; }
.chart-row .legend { flex-direction: column; gap: 0.6rem; margin-top: 0; }
.chart-row .legend li { align-items: baseline; }

.toolbar {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem;
  margin: 1rem -0.75rem 0.75rem; padding: 0.55rem 0.75rem; background: var(--page); border-bottom: 1px solid var(--line);
}
.toolbar fieldset { display: flex; border: 1px solid var(--strong); border-radius: 0.5rem; padding: 0; margin: 0; min-width: 0; }
.toolbar label { position: relative; cursor: pointer; }
.toolbar label + label { border-left: 1px solid var(--strong); }
.toolbar input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.toolbar label span { display: block; padding: 0.3rem 0.7rem; font-size: 0.9rem; }
.toolbar label:first-of-type span { border-radius: 0.45rem 0 0 0.45rem; }
.toolbar label:last-of-type span { border-radius: 0 0.45rem 0.45rem 0; }
.toolbar label b { font-weight: 400; color: var(--muted); }
.toolbar input:checked + span { background: var(--ours); color: var(--page); }
.toolbar input:checked + span b { color: inherit; }
.toolbar input:focus-visible + span { outline: 2px solid var(--focus); outline-offset: 2px; }
button { font: inherit; font-size: 0.9rem; padding: 0.3rem 0.7rem; border: 1px solid var(--strong); border-radius: 0.5rem; background: var(--card); color: var(--text); cursor: pointer; }
button[aria-pressed=true] { background: var(--ours); border-color: var(--ours); color: var(--page); }
.steps { display: flex; gap: 0.25rem; }
#status { min-width: 6.5rem; color: var(--muted); font-size: 0.9rem; margin-right: auto; }

.index { margin: 1rem 0 2rem; }
.index summary { cursor: pointer; color: var(--muted); font-size: 0.9rem; padding: 0.25rem 0; }
.scans th[scope=row] { text-align: left; }
.scans thead th:nth-child(2) { text-align: left; }
.scans th[scope=row], .uid { font: 0.8rem/1.6 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
.scans td.missed { color: var(--missed); font-weight: 600; }
.scan { margin: 2.25rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.scan > h3 { margin-bottom: 0; }
.uid { color: var(--muted); font-weight: 400; overflow-wrap: anywhere; margin-left: 0.5rem; }

.finding {
  display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 1.5rem; padding: 1.1rem; margin: 0.9rem 0;
  background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--kind); border-radius: 0.6rem;
  content-visibility: auto; contain-intrinsic-size: auto 20rem; break-inside: avoid;
}
.finding:focus { outline: 2px solid var(--focus); outline-offset: 2px; }
.found { --kind: var(--found); }
.finding.missed { --kind: var(--missed); }
.false-positive { --kind: var(--alarm); }
.finding h4 { font-size: 1rem; color: var(--kind); margin-bottom: 0.7rem; display: flex; align-items: baseline; gap: 0.4rem; }
.sign { font-weight: 700; }
.place { margin-left: auto; color: var(--muted); font-weight: 400; font-size: 0.85rem; }
.facts dl, #help dl { margin: 0; font-size: 0.9rem; }
.facts dl div { display: flex; justify-content: space-between; gap: 0.75rem; padding: 0.14rem 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; }
.planes { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.75rem; }
.planes figure { margin: 0; }
.planes svg { display: block; width: 100%; height: auto; border-radius: 0.3rem; }
.planes figcaption { margin-top: 0.3rem; text-align: center; font-size: 0.8rem; }
.planes figcaption::first-letter { text-transform: uppercase; }
.outlines path, .key path { fill: none; vector-effect: non-scaling-stroke; stroke-width: 1.75px; }
.truth { stroke: #45b7ff; }
.prediction { stroke: #ffb000; stroke-dasharray: 5 3; }
.outlines .halo { stroke: #000; stroke-width: 3.2px; opacity: 0.45; }
.key path { stroke-width: 2.5px; }
.outline-legend svg { background: #222; border-radius: 2px; width: 42px; height: 16px; padding: 3px 4px; }
.without-outlines .outlines { display: none; }
.overlay { fill: #fff; font-family: system-ui, sans-serif; }
.overlay text { paint-order: stroke; stroke: #000; stroke-width: 0.2em; stroke-opacity: 0.7; }
.overlay path { fill: none; stroke: #fff; vector-effect: non-scaling-stroke; stroke-width: 1.5px; }

#help { border: 1px solid var(--strong); border-radius: 0.75rem; padding: 1.5rem 1.75rem; background: var(--card); color: var(--text); min-width: 20rem; }
#help::backdrop { background: rgb(0 0 0 / 45%); }
#help h2 { margin: 0 0 0.75rem; }
#help dl div { display: flex; gap: 1rem; padding: 0.2rem 0; }
#help dt { min-width: 5rem; }
#help dd { margin: 0; }
#help form { margin-top: 1rem; text-align: right; }
kbd { font: 0.85rem ui-monospace, Menlo, Consolas, monospace; border: 1px solid var(--strong); border-bottom-width: 2px; border-radius: 0.3rem; padding: 0.05rem 0.4rem; }
.terms dt { font-weight: 600; margin-top: 0.75rem; }
.terms dd { margin: 0.1rem 0 0; max-width: 46rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.9rem; }

@media (max-width: 60rem) {
  .chart-row { grid-template-columns: minmax(0, 1fr); }
  .finding { grid-template-columns: minmax(0, 1fr); gap: 0.75rem; contain-intrinsic-size: auto 26rem; }
  .finding h4 { justify-content: flex-start; }
  .facts dl { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
  .facts dl div { gap: 0.4rem; }
}
@media (max-width: 36rem) {
  body { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  .lead { font-size: 1.08rem; }
  .planes { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .planes figure:first-child { grid-column: span 2; }
  .toolbar label span { padding: 0.3rem 0.5rem; }
  #status { min-width: 0; }
  html { scroll-padding-top: 7.5rem; }
  th, td { padding: 0.34rem 0.45rem; }
  .scores th[scope=row] { white-space: normal; min-width: 9rem; }
  .group th { white-space: normal; }
  .scans th[scope=row] { white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --text: #000; --muted: #444; --line: #ccc; --strong: #888;
    --ours: #1463b8; --baseline: #b4530a; --third: #2c7a3f; --ours-soft: #86b3e5; --baseline-soft: #e3b48c;
    --found: #1f7a3d; --missed: #b3261e; --alarm: #9a5b00;
  }
  @page { margin: 14mm; }
  body { padding: 0; max-width: none; font-size: 9.5pt; }
  a { color: inherit; text-decoration: none; }
  h1, h2, h3, h4 { break-after: avoid; }
  h2 { margin-top: 1.6rem; }
  section { break-inside: auto; }
  #findings { break-before: page; }
  .toolbar, #help { display: none; }
  .finding, .scan { display: block !important; }
  .finding { content-visibility: visible; padding: 0.6rem 0.8rem; break-inside: avoid; }
  .finding h4, .facts dl { margin-bottom: 0.35rem; }
  .facts dl { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: 8.5pt; }
  .facts dl div { gap: 0.3rem; }
  .planes { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .planes figure:first-child { grid-column: auto; }
  .planes svg, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .without-outlines .outlines { display: inline; }
  .scroll, .chart .plot { overflow: visible; }
  .chart-row, .charts, .index, tbody { break-inside: avoid; }
  .scans tbody { break-inside: auto; }
  .charts { grid-template-columns: 1fr 1fr; gap: 1rem; }
  .chart .plot svg { min-width: 0; }
  .finding:focus { outline: none; }
  tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; }
}
`;
