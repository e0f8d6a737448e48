"""The page's style."""

CSS = """\
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 1rem/1.55 system-ui, "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", sans-serif; margin: 0 auto;
  max-width: 62rem; padding: 1rem; word-break: keep-all; overflow-wrap: break-word; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; }
h1 { font-size: 1.4rem; margin: .2rem 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } code { overflow-wrap: anywhere; }
form { background: var(--soft); border-radius: .4rem; padding: .8rem; margin: .6rem 0; display: grid; gap: .5rem; align-content: start; }
label { display: grid; gap: .15rem; } input, select, button { font: inherit; max-width: 100%; box-sizing: border-box; }
input, select { padding: .35rem; width: 100%; } button { justify-self: start; padding: .4rem 1rem; }
.forms { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); }
.told { border-left: .25rem solid; padding: .3rem .8rem; margin: .8rem 0; } footer { margin: 2rem 0; }
:focus-visible { outline: 2px solid; outline-offset: 2px; }
"""
