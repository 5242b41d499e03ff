// A chart that can be zoomed by hand, drawn by uPlot when a reader asks for it. A classic script, for pages from a disk
// may load no modules and fetch no data: values come from a script that calls kuagerChart. Without JavaScript there is
// no button, and nothing is missing: every phase has a picture of its own.
(function () {
  "use strict";

  var place = document.getElementById("zoom");
  if (!place) return;
  var words = JSON.parse(document.getElementById("zoom-words").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  var plots = [], whole = null, moving = false;

  function make(tag, text, parent) {
    var element = document.createElement(tag);
    if (text) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  function load(address, then) {
    var script = make("script");
    script.src = address;
    script.onload = then;
    document.head.append(script);
  }

  function two(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function moment(seconds, step) {
    var at = new Date(seconds * 1000);
    var day = at.getUTCDate() + "\u00a0" + words.months[at.getUTCMonth()];
    var clock = two(at.getUTCHours()) + ":" + two(at.getUTCMinutes());
    if (step >= 86400) return day;
    return clock === "00:00" ? day : clock;
  }

  function show(low, high) {
    var least = 4 * 60, middle = (low + high) / 2;
    if (high - low < least) { low = middle - least / 2; high = middle + least / 2; }
    if (low < whole[0]) { high += whole[0] - low; low = whole[0]; }
    if (high > whole[1]) { low = Math.max(whole[0], low - (high - whole[1])); high = whole[1]; }
    moving = true;
    plots.forEach(function (plot) { plot.setScale("x", {min: low, max: high}); });
    moving = false;
  }

  function change(factor, shift) {
    var scale = plots[0].scales.x, width = scale.max - scale.min, middle = (scale.max + scale.min) / 2 + shift * width;
    show(middle - width * factor / 2, middle + width * factor / 2);
  }

  var moves = {
    "+": function () { change(0.5, 0); },
    "-": function () { change(2, 0); },
    "ArrowLeft": function () { change(1, -0.25); },
    "ArrowRight": function () { change(1, 0.25); },
    "0": function () { show(whole[0], whole[1]); }
  };

  function bands(phases) {
    return function (plot) {
      var context = plot.ctx;
      phases.forEach(function (phase) {
        var from = Math.max(plot.bbox.left, plot.valToPos(phase.start, "x", true));
        var to = Math.min(plot.bbox.left + plot.bbox.width, plot.valToPos(phase.end, "x", true));
        if (to <= from) return;
        context.fillStyle = words.bands[dark ? 1 : 0][phase.kind];
        context.fillRect(from, plot.bbox.top, Math.max(2, to - from), plot.bbox.height);
      });
    };
  }

  function plot(series, data, into) {
    make("h4", words.labels[series.index], into);
    var ink = dark ? "#a9b0b6" : "#595959", rule = dark ? "#2b3035" : "#e6e6e6";
    var axis = {stroke: ink, grid: {stroke: rule, width: 1}, ticks: {stroke: rule, width: 1}};
    return new uPlot({
      width: Math.max(280, into.clientWidth),
      height: 150,
      tzDate: function (seconds) { return uPlot.tzDate(new Date(seconds * 1000), "UTC"); },
      legend: {show: false},
      cursor: {sync: {key: "kuager"}, drag: {x: true, y: false}},
      scales: {x: {time: true, min: data.window[0], max: data.window[1]}, y: {range: [series.low, series.high]}},
      axes: [
        Object.assign({values: function (self, splits, index, space, step) {
          return splits.map(function (seconds) { return moment(seconds, step); });
        }}, axis),
        Object.assign({size: 64}, axis)
      ],
      series: [{}, {stroke: series.colours[dark ? 1 : 0], width: 1.5, spanGaps: false, points: {show: false}}],
      hooks: {
        drawClear: [bands(data.phases)],
        setScale: [function (self, key) {
          if (key === "x" && !moving && whole) show(self.scales.x.min, self.scales.x.max);
        }]
      }
    }, [series.times, series.values], into);
  }

  window.kuagerChart = function (data) {
    var group = make("div", "", place);
    group.className = "zoomed";
    group.tabIndex = 0;
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.about);
    make("p", words.keys, group);
    var row = make("p", "", group);
    [["+", words.closer], ["-", words.wider], ["ArrowLeft", words.earlier], ["ArrowRight", words.later],
      ["0", words.reset]].forEach(function (one) {
      var button = make("button", one[1], row);
      button.type = "button";
      button.addEventListener("click", moves[one[0]]);
    });
    var box = make("div", "", group);
    box.setAttribute("aria-hidden", "true"); // the table of phases says it in words
    plots = data.series.map(function (series) { return plot(series, data, make("div", "", box)); });
    whole = data.window;
    group.addEventListener("keydown", function (event) {
      var move = moves[event.key === "=" ? "+" : event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      move();
    });
    group.focus();
  };

  var opener = make("button", words.open, place);
  opener.type = "button";
  opener.addEventListener("click", function () {
    opener.remove();
    var style = make("link");
    style.rel = "stylesheet";
    style.href = words.style;
    document.head.append(style);
    load(words.library, function () { load(words.data); });
  });
})();
