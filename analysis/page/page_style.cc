#include "analysis/page/page_style.h"

#include "lib/plot/palette.h"

namespace isoflop {
namespace {

constexpr const char* kSheet = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:54rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.35rem;margin:2.6rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--grid)}
h3{font-size:1.08rem;margin:0 0 .4rem}
p,li{overflow-wrap:anywhere}
p{margin:.5rem 0}
.about{color:var(--muted);margin:.1rem 0}
.found{font-size:1.08rem}
figure{margin:2rem 0 2.6rem;break-inside:avoid}
.panels{display:flex;flex-wrap:wrap;gap:.6rem 1rem}
.panel{flex:0 1 auto;min-width:0;max-width:100%;overflow-x:auto}
.plot{display:block;max-width:100%;height:auto}
.one .plot{min-width:600px}
.more .plot{min-width:330px}
.plot text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums}
figcaption{color:var(--muted);font-size:.92rem;max-width:46rem}
figcaption p{margin:.35rem 0}
.warn{border-left:3px solid var(--k1);padding:.1rem 0 .1rem .8rem;margin:.8rem 0;font-size:.92rem}
.warn ul{margin:.2rem 0;padding-left:1.1rem}
.warn strong{color:var(--k1)}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.4rem 0}
th,td{text-align:right;padding:.22rem .5rem;border-bottom:1px solid var(--grid);white-space:nowrap}
th{color:var(--muted);font-weight:600}
th:first-child,td:first-child{padding-left:0}
.t{text-align:left}
td.t{white-space:normal;min-width:6rem;max-width:26rem;overflow-wrap:anywhere}
pre{overflow-x:auto;background:color-mix(in srgb,var(--grid) 45%,transparent);padding:.7rem .9rem;font-size:.85rem;border-radius:4px}
summary{cursor:pointer;color:var(--muted);margin:.5rem 0}
@media print{main{max-width:none;padding:0}.one .plot,.more .plot{min-width:0}
pre{white-space:pre-wrap}h2{break-after:avoid}body{font-size:11pt}}
)css";

}  // namespace

std::string PageStyle() { return ColourSheet() + kSheet; }

}  // namespace isoflop
