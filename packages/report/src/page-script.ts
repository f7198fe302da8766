/** The page's script: steps through the findings, filters them, toggles outlines. Without it everything is shown. */
export const pageScript = `'use strict';
const findings = [...document.querySelectorAll('.finding')];
const radios = [...document.querySelectorAll('input[name=kind]')];
const status = document.getElementById('status');
const outlines = document.getElementById('outlines');
const help = document.getElementById('help');
let shown = findings;
let current = -1;

function tell() {
  status.textContent = current < 0 ? '' : (current + 1) + ' of ' + shown.length;
}
function go(step) {
  if (shown.length === 0) return;
  const next = current < 0 && step < 0 ? shown.length - 1 : current + step;
  if (next < 0 || next >= shown.length) return;
  current = next;
  const finding = shown[current];
  finding.focus({ preventScroll: true });
  finding.scrollIntoView({ block: 'start' });
  tell();
}
function filter() {
  const kind = radios.find((radio) => radio.checked).value;
  const focused = shown[current];
  shown = findings.filter((finding) => kind === 'all' || finding.dataset.kind === kind);
  const visible = new Set(shown);
  for (const finding of findings) finding.hidden = !visible.has(finding);
  for (const scan of document.querySelectorAll('.scan')) {
    const cards = scan.querySelectorAll('.finding');
    scan.hidden = kind !== 'all' && ![...cards].some((card) => visible.has(card));
  }
  document.getElementById('none-shown').hidden = shown.length > 0;
  current = shown.indexOf(focused);
  tell();
}
function toggleOutlines() {
  const off = document.body.classList.toggle('without-outlines');
  outlines.setAttribute('aria-pressed', String(!off));
}
function choose(index) {
  radios[index].checked = true;
  filter();
}
const actions = {
  j: () => go(1),
  ArrowRight: () => go(1),
  k: () => go(-1),
  ArrowLeft: () => go(-1),
  1: () => choose(0),
  2: () => choose(1),
  3: () => choose(2),
  4: () => choose(3),
  o: toggleOutlines,
  '?': () => help.showModal(),
};

if (status) {
  // A browser may keep a choice over a reload.
  filter();
  for (const radio of radios) radio.addEventListener('change', filter);
  for (const [index, finding] of findings.entries()) {
    finding.addEventListener('focus', () => {
      current = shown.indexOf(findings[index]);
      tell();
    });
  }
  document.getElementById('previous').addEventListener('click', () => go(-1));
  document.getElementById('next').addEventListener('click', () => go(1));
  document.getElementById('help-button').addEventListener('click', () => help.showModal());
  outlines.addEventListener('click', toggleOutlines);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
    // The arrows belong to the radio buttons and to what scrolls sideways while they have the focus.
    if (event.key.startsWith('Arrow') && event.target.closest('input, .scroll')) return;
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
`;
