package import NNCore
import NNData
import NNDrawing
import NNFormats
import NNLosses
package import NNSearch
import NNTraining

/// The page about a backtest, `backtest.html`, and its document, `backtest.json`.
package struct BacktestPage {
  private let backtest: Backtest

  /// The page about origins that have ended.
  package init(_ backtest: Backtest) { self.backtest = backtest }

  /// Writes the page and the document.
  ///
  /// - Throws: `NNError` if a file cannot be written.
  package func write() throws(NNError) {
    let folder = backtest.folder
    try AtomicFile.write(path: folder.document, text: document.text + "\n", isSynced: false)
    try AtomicFile.write(path: folder.page, text: page.text(), isSynced: false)
  }

  /// What was measured: `12 origins, 3 steps each`.
  package var described: String {
    let steps = "\(backtest.horizon) \(backtest.horizon == 1 ? "step" : "steps") each"
    let season = backtest.season > 1 ? ", a season of \(backtest.season)" : ""
    return "\(backtest.origins.count) origins, \(steps)\(season)"
  }

  /// Errors and forecasts, with numbers in full precision.
  package var document: JSONLine {
    var document = JSONLine()
    document.add("folder", backtest.folder.path)
    document.add("origins", backtest.origins.count)
    document.add("horizon", backtest.horizon)
    document.add("season", backtest.season)
    document.add("columns", backtest.columns)
    document.add("quantiles", numbers: backtest.levels?.levels ?? [])
    document.add("coverage", backtest.coverage())
    document.add(
      "methods",
      backtest.methods.map { method in
        var line = JSONLine()
        line.add("method", method)
        line.add("errors", backtest.errors(of: method).figures)
        line.add(
          "steps",
          (1...backtest.horizon).map { step in
            var inner = JSONLine()
            inner.add("step", step)
            inner.add("errors", backtest.errors(of: method, step: step).figures)
            return inner
          })
        return line
      })
    document.add("forecasts", backtest.origins.flatMap(lines))
    return document
  }

  /// A line for each step and column of an origin.
  private func lines(_ origin: Backtest.Origin) -> [JSONLine] {
    origin.keys.indices.flatMap { step in
      backtest.columns.indices.map { column in
        var line = JSONLine()
        line.add("origin", origin.number)
        line.add("step", step + 1)
        line.add("key", backtest.index.text(origin.keys[step]))
        line.add("column", backtest.columns[column])
        line.add("value", origin.values[step][column])
        for method in backtest.methods {
          line.add(method, origin.forecasts[method]?[step][column])
        }
        if !origin.quantiles.isEmpty {
          line.add("quantiles", numbers: origin.quantiles[step][column])
        }
        return line
      }
    }
  }

  // MARK: - Page

  /// The page.
  var page: Page {
    var page = Page(title: "Backtest: \(backtest.config.name)")
    page.summary =
      "\(described), in \(backtest.folder.path): each network is trained on what comes before its "
      + "origin."
    page.footer = "nntrain \(Version.current)"
    page.hasContents = true
    page.html("<style>\(ReportStyle.css)</style>")
    page.heading("Errors")
    let names = backtest.errors(of: Backtest.network).figures.map(\.name)
    page.table(
      header: ["method"] + names,
      rows: backtest.methods.map { method in
        [method]
          + backtest.errors(of: method).figures.map { NumberText.short($0.value, digits: 4) }
      })
    page.paragraph(
      "mase: the mean absolute error divided by that of seasonal-naive forecasts of one step within "
        + "the values before the origin. smape: in percent.")
    if let coverage = backtest.coverage(), let levels = backtest.levels {
      page.paragraph(
        "\(NumberText.short(coverage * 100)) % of the values are between the network's lowest and "
          + "highest quantile; \(NumberText.short(levels.nominalCoverage * 100)) % are expected.")
    }
    page.heading("Forecasts")
    ReportStyle.pairs(&page) { page in
      if backtest.horizon > 1 { page.figure(errorFigure) }
      for column in backtest.columns.indices.prefix(4) { page.figure(forecastFigure(column)) }
    }
    page.heading("Errors by step")
    page.table(
      header: ["step"] + backtest.methods,
      rows: (1...backtest.horizon).map { step in
        ["\(step)"]
          + backtest.methods.map {
            NumberText.short(backtest.errors(of: $0, step: step).absoluteError, digits: 4)
          }
      })
    page.paragraph("Mean absolute errors.")
    page.heading("Config")
    page.code(backtest.config.resolvedYAML, language: "yaml")
    return page
  }

  /// The mean absolute error of each method by step.
  private var errorFigure: Figure {
    let steps = (1...backtest.horizon).map(Double.init)
    return ReportStyle.figure(
      "Error by step", description: "The mean absolute error of each method by the step ahead",
      Plot(
        x: Axis("step", isCount: true), y: Axis("mean absolute error"), legend: .above,
        marks: backtest.methods.enumerated().map { place, method in
          Line(
            method, x: steps,
            y: (1...backtest.horizon).map {
              backtest.errors(of: method, step: $0).absoluteError
            }, color: .series(place), dash: place == 0 ? .solid : .dashed)
        }))
  }

  /// The values and the network's forecasts of a column.
  private func forecastFigure(_ column: Int) -> Figure {
    let name = backtest.columns[column]
    var values: [Double: Double] = [:]
    for origin in backtest.origins {
      for step in origin.keys.indices { values[origin.keys[step]] = origin.values[step][column] }
    }
    let keys = values.keys.sorted()
    var marks: [any Mark] = []
    for (place, origin) in backtest.origins.enumerated() where !origin.quantiles.isEmpty {
      let bands = ForecastBands.marks(x: origin.keys, levels: backtest.levels) { level in
        origin.quantiles.map { $0[column][level] }
      }
      // One entry in the legend for all origins.
      marks += bands.map { band -> any Mark in
        guard place > 0, var area = band as? Area else { return band }
        area.name = nil
        return area
      }
    }
    marks.append(
      Line(name, x: keys, y: keys.map { values[$0] ?? .nan }, color: .series(0), dash: .solid))
    for (place, origin) in backtest.origins.enumerated() {
      marks.append(
        Line(
          place == 0 ? "forecast" : nil, x: origin.keys,
          y: origin.forecasts[Backtest.network]?.map { $0[column] } ?? [], color: .series(1),
          dash: .solid, markers: backtest.horizon <= 40))
    }
    return ReportStyle.figure(
      "Forecasts of \(name)",
      description: "\(name) and the network's forecasts at \(backtest.origins.count) origins",
      Plot(
        x: ForecastSection.axis(backtest.index, keys), y: Axis(name), legend: .above, marks: marks))
  }
}
