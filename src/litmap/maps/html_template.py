# ruff: noqa: E501 - the script is kept short, for it stands in every exported map
"""The page that `to_html` fills: HTML, style and script, without any outside address."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="litmap: export">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>@@TITLE@@</title>
<style>
:root{--ground:#fff;--ink:#1c1c1c;--faint:#666;--line:#d8d8d8;--panel:#fafafa;--hit:#000}
:root[data-dark]{--ground:#14171c;--ink:#eceff4;--faint:#9aa3ad;--line:#333a44;--panel:#1b1f26;--hit:#fff}
*{box-sizing:border-box}
html,body{margin:0;height:100%;background:var(--ground);color:var(--ink);
 font:14px/1.4 system-ui,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
body{display:grid;grid-template-columns:minmax(0,1fr) 300px}
canvas{display:block;width:100%;height:100vh;cursor:grab;touch-action:none}
canvas:focus-visible,button:focus-visible,input:focus-visible{outline:2px solid #56B4E9;outline-offset:1px}
aside{height:100vh;overflow:auto;background:var(--panel);border-left:1px solid var(--line);padding:12px}
h1{font-size:17px;margin:0 0 8px}
h2{font-size:14px;margin:14px 0 4px}
input[type=search]{width:100%;padding:6px 8px;color:inherit;background:var(--ground);border:1px solid var(--line);
 border-radius:6px;font:inherit}
label{display:inline-flex;gap:4px;align-items:center;margin-right:10px}
button{font:inherit;color:inherit;background:none;border:1px solid transparent;border-radius:6px;padding:2px 6px;
 text-align:left;cursor:pointer;max-width:100%}
button:hover,button[aria-pressed=true]{border-color:var(--line);background:var(--ground)}
ul{list-style:none;margin:0;padding:0}
li.outer{margin-top:8px;color:var(--faint);font-weight:600}
li button{display:flex;gap:6px;align-items:baseline;width:100%}
li svg{flex:none;align-self:center}
.count{margin-left:auto;color:var(--faint)}
.faint{color:var(--faint)}
#tip{position:fixed;max-width:340px;padding:6px 9px;background:var(--panel);border:1px solid var(--line);border-radius:6px;
 pointer-events:none;display:none;box-shadow:0 2px 8px #0003}
#about a{color:inherit}
@media(max-width:760px){body{grid-template-columns:1fr;grid-template-rows:60vh auto}canvas{height:60vh}aside{height:auto;
 border-left:0}}
</style>
</head>
<body>
<canvas id="map" tabindex="0" aria-label="Map of papers: drag to move, wheel or + and - to zoom, 0 to see all"></canvas>
<aside>
<h1 id="title"></h1>
<input id="query" type="search" placeholder="Find a paper ( / )" aria-label="Find a paper">
<p id="found" class="faint" role="status"></p>
<p><label><input id="cites" type="checkbox"> citations</label><label><input id="dark" type="checkbox"> dark</label>
<button id="all">see all</button></p>
<section id="about" aria-live="polite"></section>
<h2>Headings</h2>
<ul id="outline"></ul>
</aside>
<div id="tip" role="tooltip"></div>
<script type="application/json" id="data">@@DATA@@</script>
<script>
"use strict";
const data=JSON.parse(document.getElementById("data").textContent);
const el=id=>document.getElementById(id),canvas=el("map"),ctx=canvas.getContext("2d"),root=document.documentElement;
const {dots,headings,regions,links}=data;
const cites=dots.map(()=>[]),citedBy=dots.map(()=>[]);
for(const [a,b] of links){cites[a].push(b);citedBy[b].push(a)}
const folded=s=>s.normalize("NFKD").replace(/[\\u0300-\\u036f]/g,"").toLowerCase();
const words=dots.map(d=>folded(d.t+" "+d.d+" "+(d.h<0?"":headings[d.h].path.join(" "))));
let view={k:1,x:0,y:0},size={w:0,h:0},hover=-1,chosen=-1,focus=-1,hits=null,asked=0;
let look={};
const css=name=>look[name]||(look[name]=getComputedStyle(root).getPropertyValue(name).trim());
const colourOf=d=>d.h<0?data.none:headings[d.h].colour;
const shapeOf=d=>d.h<0?"circle":headings[d.h].shape;
const at=p=>[p[0]*view.k+view.x,-p[1]*view.k+view.y];
function make(tag,text,cls){const e=document.createElement(tag);if(text!==undefined)e.textContent=text;if(cls)e.className=cls;return e}
function fit(){
 const xs=dots.map(d=>d.x),ys=dots.map(d=>d.y);
 const low=(v,f)=>v.length?v.reduce((a,b)=>f(a,b)):0;
 const x0=low(xs,Math.min),x1=low(xs,Math.max),y0=low(ys,Math.min),y1=low(ys,Math.max);
 view.k=Math.min((size.w-80)/Math.max(x1-x0,1e-6),(size.h-80)/Math.max(y1-y0,1e-6));
 view.x=size.w/2-(x0+x1)/2*view.k;view.y=size.h/2+(y0+y1)/2*view.k;base=view.k;plan()}
let base=1;
function resize(keep){
 const ratio=window.devicePixelRatio||1,box=canvas.getBoundingClientRect();
 size={w:box.width,h:box.height};canvas.width=Math.round(box.width*ratio);canvas.height=Math.round(box.height*ratio);
 ctx.setTransform(ratio,0,0,ratio,0,0);if(!keep)fit();else plan()}
function plan(){if(!asked)asked=requestAnimationFrame(()=>{asked=0;paint()})}
function trace(shape,x,y,r){
 ctx.beginPath();
 if(shape==="square")ctx.rect(x-r*.9,y-r*.9,r*1.8,r*1.8);
 else if(shape==="triangle"){ctx.moveTo(x,y-r*1.2);ctx.lineTo(x+r*1.1,y+r*.9);ctx.lineTo(x-r*1.1,y+r*.9);ctx.closePath()}
 else if(shape==="diamond"){ctx.moveTo(x,y-r*1.25);ctx.lineTo(x+r*1.25,y);ctx.lineTo(x,y+r*1.25);ctx.lineTo(x-r*1.25,y);ctx.closePath()}
 else ctx.arc(x,y,r,0,7)}
let ranked={};
// The dots that are lit come last, so that none of the others lies on them.
function order(){
 if(ranked.hits!==hits||ranked.focus!==focus){const on=[],off=[];for(let i=0;i<dots.length;i++)(lit(i)?on:off).push(i);ranked={hits,focus,list:off.concat(on)}}
 return ranked.list}
function lit(i){return (hits===null||hits.has(i))&&(focus<0||dots[i].h===focus)}
function arrow(a,b,colour,alpha){
 const [x0,y0]=at([dots[a].x,dots[a].y]),[x1,y1]=at([dots[b].x,dots[b].y]);
 ctx.globalAlpha=alpha;ctx.strokeStyle=colour;ctx.beginPath();ctx.moveTo(x0,y0);
 ctx.quadraticCurveTo((x0+x1)/2+(y1-y0)*.12,(y0+y1)/2-(x1-x0)*.12,x1,y1);ctx.stroke();ctx.globalAlpha=1}
function paint(){
 const zoom=view.k/base;
 ctx.fillStyle=css("--ground");ctx.fillRect(0,0,size.w,size.h);
 ctx.lineJoin="round";
 for(const g of regions){
  if(g.level!==1||(focus>=0&&g.h!==focus))continue;
  for(const patch of g.patches){
   ctx.beginPath();patch.forEach((p,i)=>{const q=at(p);if(i)ctx.lineTo(q[0],q[1]);else ctx.moveTo(q[0],q[1])});ctx.closePath();
   ctx.fillStyle=ctx.strokeStyle=g.colour;ctx.globalAlpha=.1;ctx.lineWidth=Math.min(60,20*Math.sqrt(zoom));ctx.fill();ctx.stroke();
   ctx.globalAlpha=1}}
 ctx.lineWidth=1;
 if(el("cites").checked)for(const [a,b] of links)if(lit(a)||lit(b))arrow(a,b,css("--faint"),.22);
 if(chosen>=0){ctx.lineWidth=1.6;for(const b of cites[chosen])arrow(chosen,b,"#0072B2",.9);for(const a of citedBy[chosen])arrow(a,chosen,"#D55E00",.9)}
 const r=Math.max(2.4,Math.min(9,(dots.length>600?3.2:4.6)*Math.pow(zoom,.35)));
 ctx.lineWidth=1;
 for(const i of order()){
  const d=dots[i],[x,y]=at([d.x,d.y]);
  if(x<-20||y<-20||x>size.w+20||y>size.h+20)continue;
  ctx.globalAlpha=lit(i)?1:.15;trace(shapeOf(d),x,y,r*(hits!==null&&hits.has(i)?1.5:1));
  if(d.s){ctx.fillStyle=css("--ground");ctx.fill();ctx.strokeStyle=colourOf(d);ctx.lineWidth=1.6;ctx.stroke();ctx.lineWidth=1}
  else{ctx.fillStyle=colourOf(d);ctx.fill();ctx.strokeStyle=css("--ground");ctx.stroke()}
  if(i===chosen||i===hover||(hits!==null&&hits.has(i)&&hits.size<=60)){
   ctx.globalAlpha=1;ctx.strokeStyle=css("--hit");ctx.lineWidth=2;trace("circle",x,y,r*1.7);ctx.stroke();ctx.lineWidth=1}}
 ctx.globalAlpha=1;paintLabels(zoom)}
const fontOf=n=>(n.g?"600 ":"")+n.size+"px system-ui, Arial, sans-serif";
let placed={key:"",names:[]};
function free(boxes,b){return !boxes.some(o=>b[0]<o[0]+o[2]&&o[0]<b[0]+b[2]&&b[1]<o[1]+o[3]&&o[1]<b[1]+b[3])}
// A line from a label to the nearest corner of its region, where it does not stand beside it.
function leader(g,b){
 let best=null,far=26;const all=g.patches.flat();
 for(const p of all.length?all:[g.at]){
  const x=p[0]*view.k,y=-p[1]*view.k,fx=Math.min(Math.max(x,b[0]),b[0]+b[2]),fy=Math.min(Math.max(y,b[1]),b[1]+b[3]),q=Math.hypot(x-fx,y-fy);
  if(!best||q<best[4])best=[x,y,fx,fy,q]}
 return best&&best[4]>far?best:null}
// Labels of headings keep to the map while it is moved: placed once for each zoom, where they cover the fewest dots.
function placeNames(zoom){
 const key=[view.k,focus,size.w,size.h].join(" ");
 if(placed.key===key)return placed.names;
 const cell=9,grid=new Map(),boxes=[],names=[];
 for(const d of dots){const id=Math.floor(d.x*view.k/cell)+":"+Math.floor(-d.y*view.k/cell);grid.set(id,(grid.get(id)||0)+1)}
 const covered=b=>{let n=0;
  for(let i=Math.floor((b[0]-2)/cell);i<=(b[0]+b[2]+2)/cell;i++)for(let j=Math.floor(b[1]/cell);j<=(b[1]+b[3])/cell;j++)n+=grid.get(i+":"+j)||0;
  return n};
 for(const g of regions)if((focus<0||g.h===focus)&&!(g.level===0&&zoom>3))
  names.push({g,text:g.label,size:g.level===0?16:12+Math.min(2,g.count/12),rank:g.level===0?1e6+g.count:g.count});
 names.sort((a,b)=>b.rank-a.rank);
 const out=[];
 for(const n of names.slice(0,200)){
  ctx.font=fontOf(n);
  const w=ctx.measureText(n.text).width+6,h=n.size*1.3,cx=n.g.at[0]*view.k,cy=-n.g.at[1]*view.k;
  let best=null;
  for(let ring=0;ring<11;ring++){
   if(best&&ring*.25>=best.cost)break;
   const steps=ring?4*ring:1;
   for(let s=0;s<steps;s++){const t=2*Math.PI*s/steps+Math.PI/2,x=cx+Math.cos(t)*ring*n.size*1.6,y=cy+Math.sin(t)*ring*n.size*.8,box=[x-w/2,y-h/2,w,h];
    if(!free(boxes,box))continue;
    const cost=ring*.25+covered(box);
    if(!best||cost<best.cost)best={cost,x,y,box}}}
  if(best){boxes.push(best.box);out.push({...n,x:best.x,y:best.y,box:best.box,line:n.g.level===0?null:leader(n.g,best.box)})}}
 placed={key,names:out};return out}
function write(n,x,y,colour){
 ctx.font=fontOf(n);ctx.strokeStyle=css("--ground");ctx.lineWidth=4;ctx.strokeText(n.text,x,y);ctx.fillStyle=colour;ctx.fillText(n.text,x,y)}
function paintLabels(zoom){
 ctx.textAlign="center";ctx.textBaseline="middle";ctx.lineJoin="round";
 const boxes=[];
 for(const n of placeNames(zoom)){
  const x=n.x+view.x,y=n.y+view.y;
  if(x+n.box[2]/2<0||x-n.box[2]/2>size.w||y<-20||y>size.h+20)continue;
  boxes.push([n.box[0]+view.x,n.box[1]+view.y,n.box[2],n.box[3]]);
  if(n.line){ctx.strokeStyle=css("--faint");ctx.lineWidth=.8;ctx.beginPath();ctx.moveTo(n.line[0]+view.x,n.line[1]+view.y);ctx.lineTo(n.line[2]+view.x,n.line[3]+view.y);ctx.stroke()}
  write(n,x,y,n.g.level===0?css("--faint"):css("--ink"))}
 if(zoom<=4)return;
 let count=0;
 for(let i=0;i<dots.length&&count<200;i++){
  const d=dots[i],[x,y]=at([d.x,d.y]);
  if(x<0||y<0||x>size.w||y>size.h||!lit(i))continue;
  const n={text:d.t.length>48?d.t.slice(0,47)+"…":d.t,size:11};ctx.font=fontOf(n);
  const w=ctx.measureText(n.text).width+6,box=[x-w/2,y+5,w,14];
  if(free(boxes,box)){boxes.push(box);count++;write(n,x,y+12,css("--ink"))}}}
function nearest(px,py){
 let best=-1,gap=196;
 dots.forEach((d,i)=>{const [x,y]=at([d.x,d.y]),q=(x-px)**2+(y-py)**2;if(q<gap&&lit(i)){gap=q;best=i}});return best}
function zoomAt(px,py,f){
 const k=Math.max(base*.4,Math.min(base*60,view.k*f)),g=k/view.k;
 view={k,x:px-(px-view.x)*g,y:py-(py-view.y)*g};plan()}
function show(i){
 chosen=i;const box=el("about");box.replaceChildren();
 if(i<0){plan();return}
 const d=dots[i];box.append(make("h2",d.t));
 if(d.d)box.append(make("div",d.d,"faint"));
 box.append(make("div",d.h<0?"under no heading":(d.s?"suggested: ":"")+headings[d.h].path.join(" › "),"faint"));
 if(d.u){const a=make("a",d.u);a.href=d.u;a.rel="noopener noreferrer";a.target="_blank";box.append(a)}
 for(const [name,rows] of [["cites",cites[i]],["cited by",citedBy[i]]]){
  if(!rows.length)continue;
  box.append(make("h2",name+" "+rows.length+" here"));const list=make("ul");
  for(const j of rows){const item=make("li"),b=make("button",dots[j].t);b.onclick=()=>show(j);item.append(b);list.append(item)}
  box.append(list)}
 plan()}
const pointers=new Map();let moved=0,span=0;
canvas.addEventListener("pointerdown",e=>{canvas.setPointerCapture(e.pointerId);pointers.set(e.pointerId,[e.offsetX,e.offsetY]);moved=0;span=0});
canvas.addEventListener("pointermove",e=>{
 const last=pointers.get(e.pointerId);
 if(!last){
  const i=nearest(e.offsetX,e.offsetY),tip=el("tip");
  if(i!==hover){hover=i;plan()}
  if(i<0){tip.style.display="none";canvas.style.cursor="grab"}
  else{const d=dots[i];tip.replaceChildren(make("strong",d.t),make("div",d.d,"faint"),make("div",d.h<0?"under no heading":headings[d.h].path.join(" › "),"faint"));
   tip.style.display="block";tip.style.left=Math.min(e.clientX+14,innerWidth-350)+"px";tip.style.top=Math.min(e.clientY+14,innerHeight-90)+"px";canvas.style.cursor="pointer"}
  return}
 const now=[e.offsetX,e.offsetY];
 if(pointers.size===1){view.x+=now[0]-last[0];view.y+=now[1]-last[1];moved+=Math.abs(now[0]-last[0])+Math.abs(now[1]-last[1]);plan()}
 pointers.set(e.pointerId,now);
 if(pointers.size===2){const [a,b]=[...pointers.values()],gap=Math.hypot(a[0]-b[0],a[1]-b[1]);
  if(span)zoomAt((a[0]+b[0])/2,(a[1]+b[1])/2,gap/span);span=gap;moved=99}});
const lift=e=>{if(pointers.delete(e.pointerId)&&e.type==="pointerup"&&moved<5)show(nearest(e.offsetX,e.offsetY));span=0};
canvas.addEventListener("pointerup",lift);canvas.addEventListener("pointercancel",lift);
canvas.addEventListener("pointerleave",()=>{el("tip").style.display="none";hover=-1;plan()});
canvas.addEventListener("wheel",e=>{e.preventDefault();zoomAt(e.offsetX,e.offsetY,Math.exp(-Math.max(-60,Math.min(60,e.deltaY))*.006))},{passive:false});
canvas.addEventListener("dblclick",e=>zoomAt(e.offsetX,e.offsetY,2));
canvas.addEventListener("keydown",e=>{
 const step={ArrowLeft:[50,0],ArrowRight:[-50,0],ArrowUp:[0,50],ArrowDown:[0,-50]}[e.key];
 if(step){view.x+=step[0];view.y+=step[1];plan();e.preventDefault()}
 else if(e.key==="+"||e.key==="=")zoomAt(size.w/2,size.h/2,1.4);
 else if(e.key==="-")zoomAt(size.w/2,size.h/2,1/1.4);
 else if(e.key==="0")fit();
 else if(e.key==="Escape")show(-1)});
document.addEventListener("keydown",e=>{if(e.key==="/"&&document.activeElement!==el("query")){el("query").focus();e.preventDefault()}});
el("query").addEventListener("input",()=>{
 const parts=folded(el("query").value).split(/\\s+/).filter(Boolean);
 hits=parts.length?new Set([...dots.keys()].filter(i=>parts.every(p=>words[i].includes(p)))):null;
 el("found").textContent=hits===null?"":hits.size+(hits.size===1?" paper":" papers");plan()});
el("query").addEventListener("keydown",e=>{if(e.key==="Enter"&&hits&&hits.size){const i=[...hits][0];show(i);view.x=size.w/2-dots[i].x*view.k;view.y=size.h/2+dots[i].y*view.k;plan()}});
el("cites").addEventListener("change",plan);
el("all").addEventListener("click",()=>{focus=-1;outline();fit()});
const scheme=matchMedia("(prefers-color-scheme: dark)");
function dark(on){if(on)root.setAttribute("data-dark","");else root.removeAttribute("data-dark");el("dark").checked=on;look={};plan()}
el("dark").addEventListener("change",()=>dark(el("dark").checked));
scheme.addEventListener("change",e=>dark(e.matches));
function swatch(h){
 const ns="http://www.w3.org/2000/svg",s=document.createElementNS(ns,"svg");s.setAttribute("width","12");s.setAttribute("height","12");
 const kind={square:["rect",{x:1,y:1,width:10,height:10}],triangle:["polygon",{points:"6,0 12,11 0,11"}],diamond:["polygon",{points:"6,0 12,6 6,12 0,6"}]}[h.shape]||["circle",{cx:6,cy:6,r:5.5}];
 const e=document.createElementNS(ns,kind[0]);for(const k in kind[1])e.setAttribute(k,kind[1][k]);e.setAttribute("fill",h.colour);s.append(e);return s}
function outline(){
 const list=el("outline");list.replaceChildren();let outer="";
 headings.map((h,i)=>[h,i]).sort((a,b)=>a[0].path.join("\\u0001")<b[0].path.join("\\u0001")?-1:1).forEach(([h,i])=>{
  const above=h.path.slice(0,-1).join(" › ");
  if(above!==outer){outer=above;if(above)list.append(make("li",above,"outer"))}
  const item=make("li"),b=make("button");b.append(swatch(h),make("span",h.path[h.path.length-1]),make("span",String(dots.filter(d=>d.h===i).length),"count"));
  b.setAttribute("aria-pressed",String(focus===i));b.onclick=()=>{focus=focus===i?-1:i;outline();plan()};item.append(b);list.append(item)})}
el("title").textContent=data.title;
new ResizeObserver(()=>resize(size.w>0)).observe(canvas);
dark(scheme.matches);outline();resize();
</script>
</body>
</html>
"""
