"""Style sheet and script of the page: constants, whose digests are in its security policy."""

from __future__ import annotations

import base64
import hashlib

from planner.reports.colours import DARK, FONT, LIGHT, figure_style, variables
from planner.reports.markup import Markup, element

LAYOUT = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:3.2rem}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 FONT}
main,.top{max-width:1120px;margin:0 auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.2;margin:1.2rem 0 .2rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:0 0 .4rem}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
p{margin:.3rem 0 .8rem;max-width:100ch;overflow-wrap:anywhere}
section{padding:1.4rem 0;border-top:1px solid var(--line)}
section:first-of-type{border-top:0;padding-top:.4rem}
a{color:var(--accent)}
.skip{position:absolute;left:-99em}
.skip:focus{left:0;top:0;background:var(--ground);padding:.5rem;z-index:3}
nav{position:sticky;top:0;z-index:2;background:var(--panel);border-bottom:1px solid var(--line)}
.top{display:flex;align-items:center;gap:.5rem}
nav ul{display:flex;gap:.2rem 1rem;margin:0;padding:.6rem 0;list-style:none;overflow-x:auto;
flex:1;white-space:nowrap}
button,input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--muted);
border-radius:4px;padding:.25rem .6rem}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.sub{color:var(--muted);margin:0 0 1rem}
.banner{padding:.9rem 1.1rem;border-radius:6px;color:var(--on-strong);margin:0 0 1rem;
overflow-wrap:anywhere}
.banner strong{font-size:1.35rem;line-height:1.25;display:block}
.banner ul{margin:.4rem 0 0;padding-left:1.2rem}
.banner.missed{background:var(--strong-bad)}
.banner.met{background:var(--strong-good)}
.banner.met strong{font-size:1.1rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:.6rem;
margin:0 0 1rem}
.tiles div{background:var(--panel);border:1px solid var(--line);border-radius:6px;
padding:.55rem .7rem}
.tiles dt{color:var(--muted);font-size:.8rem}
.tiles dd{margin:0;font-weight:bold;font-size:1.05rem;overflow-wrap:anywhere}
.tiles dd span{font-weight:normal;font-size:.8rem;color:var(--muted);display:block}
.tiles .bad-tile{background:var(--bad-ground);border-color:var(--bad)}
.tiles .bad-tile dd{color:var(--bad)}
figure{margin:0}
svg{display:block;width:100%;height:auto;margin:.6rem 0}
svg.narrow{display:none}
.scroll{overflow-x:auto;margin:.4rem 0 1rem;border:1px solid var(--line);border-radius:4px}
.long{max-height:36rem;overflow-y:auto}
table{border-collapse:collapse;width:100%;font-size:.85rem}
caption{text-align:left;color:var(--muted);padding:.35rem .6rem}
caption span{display:inline-block;position:sticky;left:.6rem;max-width:calc(100vw - 3rem)}
th,td{padding:.3rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{position:sticky;top:0;background:var(--panel);vertical-align:bottom;z-index:1}
tbody th{font-weight:normal;min-width:7em;max-width:22em;overflow-wrap:anywhere}
td{max-width:44em;min-width:6.5em;overflow-wrap:anywhere}
td.n,td.d{min-width:4em}tbody th.n{min-width:3em}
td.t{min-width:18em}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.d{white-space:nowrap;font-variant-numeric:tabular-nums}
thead .n{white-space:normal}
.unit{display:block;font-weight:normal;color:var(--muted);font-size:.92em}
tfoot th,tfoot td{font-weight:bold;background:var(--panel)}
tr.bad{background:var(--bad-ground)}tr.bad td,tr.bad th{color:var(--bad)}
tr.warn{background:var(--warn-ground)}
.paper{display:none}
th button{all:unset;cursor:pointer;font-weight:bold}
th button:focus-visible{outline:3px solid var(--accent)}
th[aria-sort] button::after{content:"\\a0\\2195";color:var(--muted)}
th[aria-sort=ascending] button::after{content:"\\a0\\2191";color:inherit}
th[aria-sort=descending] button::after{content:"\\a0\\2193";color:inherit}
.tools{display:flex;flex-wrap:wrap;gap:.4rem .8rem;align-items:center;margin:.4rem 0}
.tools input{min-width:14rem;flex:0 1 24rem}
details{margin:.4rem 0}
summary{cursor:pointer;color:var(--accent)}
ul.notes li{margin:.25rem 0;overflow-wrap:anywhere;max-width:90ch}
ul.told{margin:0 0 1rem;padding-left:1.2rem}
ul.told li{margin:.3rem 0;overflow-wrap:anywhere;max-width:100ch}
li.warn{color:var(--warn)}
footer{overflow-wrap:anywhere;color:var(--muted);font-size:.8rem;padding:1rem 0 2rem;
border-top:1px solid var(--line)}
@media screen and (min-width:701px){
nav ul{flex-wrap:wrap;font-size:.93rem}
html{scroll-padding-top:5rem}
}
@media screen and (max-width:700px){
svg.wide{display:none}svg.narrow{display:block}
main{padding:0 .6rem}h1{font-size:1.3rem}
.tiles{grid-template-columns:1fr 1fr}
table{font-size:.8rem}th,td{padding:.3rem .45rem}
}
@page{size:A4;margin:12mm}
@page wide{size:A4 landscape;margin:12mm}
@media print{
body{font-size:9.5pt}
nav,.tools,details.data,.skip,th button{display:none}
.paper{display:inline}
main{max-width:none;padding:0}
section{padding:.8rem 0}
.landscape{page:wide}
.scroll{overflow:visible;max-height:none;border:0}
thead th{position:static}
table{font-size:7.5pt}th,td{padding:.12rem .3rem}
tr,figure,.tiles,.banner{break-inside:avoid}
h2,h3,caption{break-after:avoid}
tbody th,td,td.n,td.d,td.t{max-width:none;min-width:0}
.banner{border:2px solid;-webkit-print-color-adjust:exact;print-color-adjust:exact}
svg,tr,.tiles div{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
"""Layout for screens of any width and for paper."""

SCRIPT = """
(function(){"use strict";
var d=document,root=d.documentElement,button=d.getElementById("theme"),
modes=["auto","light","dark"],mode=0;
button.hidden=false;
button.addEventListener("click",function(){
mode=(mode+1)%3;
if(mode)root.dataset.theme=modes[mode];else delete root.dataset.theme;
button.textContent="Theme: "+modes[mode];});
function value(row,at,numeric){
var cell=row.cells[at],text=cell.dataset.v||cell.textContent;
if(!numeric)return text;
var number=parseFloat(text.replace(/,/g,""));
return isNaN(number)?null:number;}
function sortable(table){
var body=table.tBodies[0],heads=[].slice.call(table.tHead.rows[0].cells);
heads.forEach(function(head,at){
var label=head.firstElementChild,made=d.createElement("button"),
numeric=head.classList.contains("n");
made.type="button";made.textContent=label.textContent;label.className="paper";head.insertBefore(made,label);
head.setAttribute("aria-sort","none");
made.addEventListener("click",function(){
var down=head.getAttribute("aria-sort")==="ascending",sign=down?-1:1;
heads.forEach(function(other){other.setAttribute("aria-sort","none");});
head.setAttribute("aria-sort",down?"descending":"ascending");
[].slice.call(body.rows).map(function(row){return[value(row,at,numeric),row];})
.sort(function(a,b){
var x=a[0],y=b[0],blankX=x===null||x==="",blankY=y===null||y==="";
if(blankX||blankY)return blankX-blankY;
return sign*(numeric?x-y:x.localeCompare(y,undefined,{numeric:true}));})
.forEach(function(pair){body.appendChild(pair[1]);});});});}
function filtered(table){
var rows=[].slice.call(table.tBodies[0].rows),box=d.createElement("div"),
label=d.createElement("label"),input=d.createElement("input"),count=d.createElement("span");
var texts=rows.map(function(row){
return[].map.call(row.cells,function(cell){return cell.textContent;}).join(" ").toLowerCase();});
box.className="tools";input.type="search";input.placeholder="several words narrow it down";
label.textContent="Filter ";label.appendChild(input);
count.setAttribute("role","status");count.textContent=rows.length+(rows.length===1?" row":" rows");
input.addEventListener("input",function(){
var words=input.value.toLowerCase().split(/\\s+/).filter(Boolean),shown=0;
rows.forEach(function(row,at){
var hit=words.every(function(word){return texts[at].indexOf(word)>=0;});
row.hidden=!hit;shown+=hit;});
count.textContent=shown+" of "+rows.length+" rows";});
box.appendChild(label);box.appendChild(count);
table.parentNode.parentNode.insertBefore(box,table.parentNode);}
[].forEach.call(d.querySelectorAll("table"),function(table){
if(table.tBodies[0]&&table.tBodies[0].rows.length>1)sortable(table);});
[].forEach.call(d.querySelectorAll("table[data-tools]"),filtered);
})();
"""
"""Theme, sorting and filtering; without it the page is complete but not interactive."""


def style() -> str:
    """Return the style sheet: light by default and on paper, dark if preferred."""
    dark = variables(DARK)
    return (
        f":root{{color-scheme:light dark;{variables(LIGHT)}}}"
        f"@media screen{{:root[data-theme=light]{{color-scheme:light}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
        "@media screen and (prefers-color-scheme:dark){"
        f":root:not([data-theme=light]){{{dark}}}}}"
        + LAYOUT.replace("FONT", FONT).replace("\n", "")
        + figure_style("var(--{})".format)
    )


def digest(text: str) -> str:
    """Return the digest with which a policy allows an inline style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(styles: str) -> str:
    """Return the page's content security policy: only its own style and script."""
    return (
        f"default-src 'none'; style-src {digest(styles)}; script-src {digest(SCRIPT)}; "
        "base-uri 'none'; form-action 'none'"
    )


def head(title: str) -> Markup:
    """Return the page's head."""
    styles = style()
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(styles)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(styles)),
    )


def script() -> Markup:
    """Return the page's script."""
    return element("script", Markup(SCRIPT))
