// What is used of the chart library, so that the rest of it is left out of the page.
export { areaY, dot, gridX, gridY, axisX, axisY, line, link, plot, ruleX, ruleY, text } from '@observablehq/plot';
export type { Markish, PlotOptions } from '@observablehq/plot';
