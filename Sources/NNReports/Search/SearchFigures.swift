import NNCore
import NNDrawing
import NNSearch
import NNTraining

/// The drawings of a search's page.
struct SearchFigures {
  private let record: SearchRecord
  private let space: SearchSpace
  private let metric: String
  private let maximizes: Bool
  private let best: SearchRecord.Trial?

  init(_ record: SearchRecord, _ config: Config, _ space: SearchSpace) {
    self.record = record
    self.space = space
    metric = config.searchMetric
    maximizes = config.searchMaximizes
    best = record.best(maximizes: maximizes)
  }

  /// The trials with a value, complete ones and the others.
  private var valued: (complete: [SearchRecord.Trial], others: [SearchRecord.Trial]) {
    let trials = record.trials.filter { $0.end?.value != nil }
    return (
      trials.filter { $0.end?.state == .complete }, trials.filter { $0.end?.state != .complete }
    )
  }

  private func values(_ trials: [SearchRecord.Trial]) -> [Double] {
    trials.map { $0.end?.value ?? .nan }
  }

  /// The axis of the metric, logarithmic where the values span several powers of ten.
  private func axis(_ values: [Double], label: String?) -> Axis {
    let finite = values.filter(\.isFinite)
    let isLogarithmic =
      (finite.min() ?? 0) > 0 && (finite.max() ?? 0) / (finite.min() ?? 1) > 30
    return Axis(label, scale: isLogarithmic ? .log : .linear)
  }

  // MARK: - History

  /// The value of each trial and the best so far.
  var history: Figure {
    let (complete, others) = valued
    var lowest = Double.infinity
    let line = complete.map { trial -> Double in
      lowest = min(lowest, SearchRecord.loss(trial.end?.value, maximizes))
      return maximizes ? -lowest : lowest
    }
    var marks: [any Mark] = []
    if !others.isEmpty {
      marks.append(
        Points(
          "ended early", x: others.map { Double($0.number) }, y: values(others), color: .muted,
          symbol: .cross))
    }
    let numbers = complete.map { Double($0.number) }
    marks += [
      Points("complete", x: numbers, y: values(complete), color: .series(0), symbol: .circle),
      Line("best so far", x: numbers, y: line, color: .series(1), dash: .solid),
    ]
    let text = best.flatMap(\.end?.value).map { ", the best \(NumberText.short($0))" } ?? ""
    return ReportStyle.figure(
      "History", description: "\(metric) of \(complete.count) complete trials\(text)",
      Plot(
        x: Axis("trial", isCount: true), y: axis(values(complete + others), label: metric),
        marks: marks))
  }

  // MARK: - Curves

  /// The metric after each epoch, of trials that were ended early and of the others.
  var curves: Figure? {
    let trials = record.trials.filter { $0.curve.contains { $0 != nil } }
    guard trials.contains(where: { $0.curve.count > 1 }) else { return nil }
    let isBest = { (trial: SearchRecord.Trial) in trial.number == best?.number }
    func lines(
      _ name: String, _ trials: [SearchRecord.Trial], _ color: SeriesColor, width: Double
    ) -> [any Mark] {
      trials.map { trial in
        Line(
          name, x: trial.curve.indices.map { Double($0 + 1) }, y: trial.curve.map { $0 ?? .nan },
          color: color, width: width, dash: .solid)
      }
    }
    let ended = trials.filter { $0.end?.state == .pruned }
    let others = trials.filter { $0.end?.state != .pruned && !isBest($0) }
    let marks =
      lines("pruned", ended, .muted, width: 1) + lines("others", others, .series(0), width: 1.25)
      + lines("best", trials.filter(isBest), .series(1), width: 2.5)
    return ReportStyle.figure(
      "Curves", description: "\(metric) by epoch of \(trials.count) trials, \(ended.count) pruned",
      Plot(
        x: Axis("epoch", isCount: true),
        y: axis(trials.flatMap(\.curve).map { $0 ?? .nan }, label: metric), marks: marks))
  }

  // MARK: - Parameters

  /// The metric against each parameter.
  var slices: [Figure] {
    let (complete, others) = valued
    let all = values(complete + others)
    return space.parameters.indices.map { index in
      let parameter = space.parameters[index]
      func points(
        _ name: String, _ trials: [SearchRecord.Trial], _ color: SeriesColor, _ symbol: Symbol
      ) -> Points {
        let present = trials.filter { $0.point.values[index] != nil }
        return Points(
          name, x: present.map { $0.point.values[index]?.coordinate ?? .nan }, y: values(present),
          color: color, symbol: symbol)
      }
      var marks: [any Mark] = []
      if !others.isEmpty { marks.append(points("ended early", others, .muted, .cross)) }
      marks.append(points("complete", complete, .series(0), .circle))
      if let best { marks.append(points("best", [best], .series(1), .diamond)) }
      return ReportStyle.figure(
        parameter.path, description: "\(metric) by \(parameter.path)",
        Plot(x: Self.axis(of: parameter), y: axis(all, label: metric), marks: marks))
    }
  }

  private static func axis(of parameter: SearchParameter) -> Axis {
    switch parameter.domain {
    case .range(let range):
      Axis(
        parameter.path, scale: range.isLogarithmic ? .log : .linear, range: range.low...range.last,
        isCount: range.isInteger)
    case .choice(let values):
      Axis(
        parameter.path, range: -0.5...Double(values.count) - 0.5,
        ticks: values.enumerated().map { Tick(Double($0.offset), Self.label($0.element)) })
    }
  }

  /// A value as a short label.
  private static func label(_ value: ConfigValue) -> String { cut(SearchText.short(value)) }

  /// The beginning of a text that must fit under an axis.
  private static func cut(_ text: String) -> String {
    text.count <= 16 ? text : "\(text.prefix(15))…"
  }

  /// Each trial as a line through its values, one axis per parameter and one for the metric.
  var parallelCoordinates: Figure? {
    let complete = valued.complete
    guard complete.count > 1, let best else { return nil }
    let results = values(complete)
    guard let least = results.min(), let greatest = results.max(), least < greatest else {
      return nil
    }
    let names = space.parameters.map(\.path) + [metric]
    func line(
      _ name: String, _ trial: SearchRecord.Trial, _ color: SeriesColor, width: Double
    ) -> Line {
      let present = zip(space.position(of: trial.point), trial.point.values).map {
        $1 == nil ? Double.nan : $0
      }
      let result = ((trial.end?.value ?? .nan) - least) / (greatest - least)
      return Line(
        name, x: names.indices.map { Double($0) }, y: present + [result], color: color,
        width: width, dash: .solid)
    }
    let ranked = complete.sorted {
      (SearchRecord.loss($0.end?.value, maximizes), $0.number)
        < (SearchRecord.loss($1.end?.value, maximizes), $1.number)
    }
    let good = Set(ranked.prefix((ranked.count + 4) / 5).map(\.number))
    let others = complete.filter { !good.contains($0.number) }
    let front = complete.filter { good.contains($0.number) && $0.number != best.number }
    // Not rules, which would go on through the labels at both ends.
    var marks: [any Mark] = names.indices.map { index in
      Line(
        x: [Double(index), Double(index)], y: [0, 1], color: .muted, width: 1, dash: .solid)
    }
    marks += others.map { line("others", $0, .muted, width: 0.75) }
    marks += front.map { line("best fifth", $0, .series(0), width: 1.5) }
    marks.append(line("best", best, .series(1), width: 2.5))
    for (index, ends) in (space.parameters.map(Self.ends) + [(least, greatest)].map(Self.texts))
      .enumerated()
    {
      marks += [
        Label(ends.low, x: Double(index), y: 0, anchor: .below, color: .muted),
        Label(ends.high, x: Double(index), y: 1, anchor: .above, color: .muted),
      ]
    }
    return Figure(
      title: "Parallel coordinates",
      description:
        "Each of \(complete.count) trials as a line through \(names.joined(separator: ", "))",
      panels: [
        Plot(
          x: Axis(
            range: -0.3...Double(names.count) - 0.7,
            ticks: names.enumerated().map { Tick(Double($0.offset), Self.lastPart($0.element)) }),
          y: Axis(range: -0.12...1.12, ticks: []), legend: .above, marks: marks)
      ])
  }

  /// The end of a path, which tells parameters apart under an axis.
  private static func lastPart(_ path: String) -> String {
    cut(String(path.split(separator: ".").last ?? ""))
  }

  private static func ends(_ parameter: SearchParameter) -> (low: String, high: String) {
    switch parameter.domain {
    case .range(let range): texts((range.low, range.last))
    case .choice(let values): (label(values[0]), label(values[values.count - 1]))
    }
  }

  private static func texts(_ ends: (Double, Double)) -> (low: String, high: String) {
    (NumberText.short(ends.0), NumberText.short(ends.1))
  }

  /// How much of the variance each parameter explains alone.
  var importance: Figure? {
    guard let shares = ParameterImportance(record, space)?.shares else { return nil }
    let order = shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }
    let texts = order.map { "\(space.parameters[$0].path) \(NumberText.short(100 * shares[$0])) %" }
    return ReportStyle.figure(
      "Importance", description: "Share of the variance: \(texts.joined(separator: ", "))",
      Plot(
        y: Axis("share of the variance, %"),
        marks: [
          Bars(
            labels: order.map { Self.lastPart(space.parameters[$0].path) },
            heights: order.map { 100 * shares[$0] })
        ]))
  }
}
