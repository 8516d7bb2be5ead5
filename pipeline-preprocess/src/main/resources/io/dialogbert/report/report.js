"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const drawn = [];
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const dataset = (spec, series) => {
    const color = style("--c" + (series.color % 6));
    const bar = spec.type === "bar";
    return {
      label: series.label,
      data: series.points.map(([x, y]) =>
        spec.xScale === "category" ? { x: spec.labels[x], y } : { x, y }),
      borderColor: color,
      backgroundColor: bar ? color : "transparent",
      borderWidth: bar ? 0 : series.role === "baseline" ? 1 : series.role === "held-out" ? 2.5 : 1.5,
      borderDash: series.role === "baseline" ? [6, 4] : series.role === "data" ? [] : [2, 2],
      pointRadius: series.role === "held-out" ? 3 : 0,
      pointBackgroundColor: color,
      pointHitRadius: 6,
      maxBarThickness: 26,
    };
  };

  const draw = () => {
    drawn.splice(0).forEach((chart) => chart.destroy());
    Chart.defaults.color = style("--soft");
    Chart.defaults.borderColor = style("--line");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    for (const spec of specs) {
      const manyBars = spec.type === "bar" && spec.series.length === 1 && isNaN(spec.labels[0]);
      const labels = { type: spec.xScale, title: { display: !manyBars, text: spec.xTitle } };
      if (spec.xScale === "category") {
        labels.labels = spec.labels;
        labels.grid = { display: false };
        labels.ticks = manyBars ? { autoSkip: false } : { maxRotation: 0, autoSkipPadding: 12 };
      }
      const values = { type: spec.yScale, title: { display: spec.yTitle !== "", text: spec.yTitle } };
      if (spec.yScale === "linear") values.beginAtZero = true;
      for (const axis of [labels, values]) {
        // Only powers of ten, or their labels run into each other.
        if (axis.type === "logarithmic") {
          axis.ticks = { callback: (v) => (Number.isInteger(Math.log10(v)) ? v.toLocaleString("en") : "") , maxRotation: 0, autoSkip: false };
        }
      }
      const data = spec.series.map((series) => dataset(spec, series));
      if (manyBars) data.forEach((set) => (set.data = set.data.map(({ x, y }) => ({ x: y, y: x }))));
      drawn.push(new Chart(document.getElementById(spec.id), {
        type: spec.type,
        data: { datasets: data },
        options: {
          animation: false,
          maintainAspectRatio: false,
          indexAxis: manyBars ? "y" : "x",
          interaction: { mode: spec.xScale === "category" ? "index" : "nearest", intersect: false, axis: manyBars ? "y" : "x" },
          scales: manyBars ? { x: values, y: labels } : { x: labels, y: values },
          plugins: { legend: { display: data.length > 1, position: "bottom", labels: { boxWidth: spec.type === "bar" ? 12 : 22, boxHeight: spec.type === "bar" ? 12 : 1 } } },
        },
      }));
    }
  };

  draw();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
