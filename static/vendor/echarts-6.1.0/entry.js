// What of Apache ECharts 6.1.0 the charts here use. Built into echarts.min.js with esbuild 0.28.2:
// npm install echarts@6.1.0 esbuild@0.28.2 &&
// npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts --outfile=echarts.min.js
import * as core from "echarts/core";
import { GraphChart, ScatterChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

core.use([GraphChart, ScatterChart, GridComponent, TooltipComponent, DataZoomInsideComponent, CanvasRenderer]);
export const init = core.init;
