import {Markup} from './markup.ts';

/** Fonts and colours of the reader's own machine; nothing is fetched. ASCII alone: CSS knows no entities. */
export const pageStyle = new Markup(`
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d4dae0;
	--good: #116329; --bad: #b42318; --wait: #7a4d05; --good-ground: #e3f4e6; --bad-ground: #fdeceb; --wait-ground: #fbf1d9; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --card: #181d24; --text: #e4e8ed; --quiet: #9aa5b1;
	--line: #323a44; --good: #6fd58a; --bad: #ff8f85; --wait: #eac26b; --good-ground: #14301c; --bad-ground: #3d1a18;
	--wait-ground: #352a10; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header, main, footer { max-width: 1200px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 20px; }
h1 { margin: 0; font-size: 24px; }
h2 { margin: 28px 0 10px; font-size: 17px; }
h3 { margin: 0; font-size: 16px; }
p { margin: 4px 0; }
.quiet, footer { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px; min-width: 0; }
.card.production { border-top: 4px solid var(--bad); }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 4px 10px;
	margin-bottom: 8px; }
.good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
.chip { border-radius: 5px; padding: 2px 9px; font-weight: 700; white-space: nowrap; border: 1px solid currentColor; }
.chip.good { background: var(--good-ground); } .chip.bad { background: var(--bad-ground); }
.chip.wait { background: var(--wait-ground); }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; overflow-wrap: anywhere; }
th { font-weight: 400; color: var(--quiet); white-space: nowrap; width: 1%; }
td:last-child { padding-right: 0; }
.card tr + tr > * { border-top: 1px solid var(--line); }
.state { white-space: nowrap; font-weight: 600; width: 1%; }
.slot { margin: 10px 0 0; padding-top: 8px; border-top: 2px solid var(--line); }
code { font: 13px/1.4 ui-monospace, monospace; }
strong code { font-weight: 700; }
svg { display: block; width: 100%; height: 30px; margin-top: 4px; }
ul { list-style: none; margin: 0; padding: 0; }
li { padding: 5px 0; overflow-wrap: anywhere; }
li + li { border-top: 1px solid var(--line); }
footer { padding-top: 20px; padding-bottom: 30px; font-size: 13px; }
@media (max-width: 480px) { header, main, footer { padding-left: 10px; padding-right: 10px; } .card { padding: 12px; }
	th, td { padding-right: 8px; } .sentences th { white-space: normal; width: 38%; } }
@media print { :root { --ground: #fff; --card: #fff; --text: #000; --quiet: #444; --line: #bbb; --good: #0b4d1e;
	--bad: #8f1a11; --wait: #5c3903; --good-ground: #fff; --bad-ground: #fff; --wait-ground: #fff; }
	body { font-size: 11px; } .card, li { break-inside: avoid; } }
`);
