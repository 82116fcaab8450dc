import NNDrawing
import NNReports
import NNTraining

/// The lines of the dashboard for a terminal of any size; parts without room are left out, curves
/// first.
struct DashboardLayout {
  let history: RunHistory
  let seconds: Double
  let rowsPerSecond: Double
  let style: TerminalStyle

  /// The number of epochs that are listed.
  private static let epochCount = 5
  /// The smallest and the largest height of curves, in lines.
  private static let curveHeights = 8...18

  /// At most `rows` lines of at most `columns` characters.
  func lines(columns: Int, rows: Int) -> [String] {
    guard columns >= 18, rows >= 1 else { return [] }
    var lines = [totalBar(columns), epochBar(columns)]
    let figures = Self.joined(self.figures, columns)
    if !figures.isEmpty { lines.append(figures) }
    lines = Array(lines.prefix(rows))
    let epochs = epochTable(columns)
    let spare = rows - lines.count - (epochs.isEmpty ? 0 : epochs.count + 1)
    if spare > Self.curveHeights.lowerBound, columns >= 40 {
      let height = min(spare - 1, Self.curveHeights.upperBound)
      lines += [""] + curves(columns, height)
    }
    if !epochs.isEmpty, rows - lines.count > epochs.count { lines += [""] + epochs }
    return lines
  }

  // MARK: - Bars and figures

  private func totalBar(_ columns: Int) -> String {
    var facts = ["\(Int(history.share * 100)) %"]
    if let outcome = history.outcome {
      facts.append(outcome == .interrupted ? "interrupted" : "finished")
      facts.append("\(NumberText.clock(seconds)) elapsed")
    } else {
      if let left = history.secondsLeft(after: seconds) {
        facts.append("\(NumberText.clock(left)) left")
      }
      facts.append("\(NumberText.clock(seconds)) elapsed")
    }
    return bar("run  ", history.share, facts, columns)
  }

  private func epochBar(_ columns: Int) -> String {
    let stepsPerEpoch = max(1, history.start?.stepsPerEpoch ?? 1)
    let step = history.lastStep?.stepInEpoch ?? 0
    let facts = [
      "\(NumberText.grouped(history.lastStep?.epoch ?? 1))/"
        + NumberText.grouped(history.start?.epochs ?? 1),
      "step \(NumberText.grouped(step))/\(NumberText.grouped(stepsPerEpoch))",
    ]
    return bar("epoch", min(1, Double(step) / Double(stepsPerEpoch)), facts, columns)
  }

  private func bar(_ name: String, _ share: Double, _ facts: [String], _ columns: Int) -> String {
    let width = min(40, max(10, columns - 50))
    let filled = Int(share * Double(width))
    let (full, empty) = style.glyphs == .ascii ? ("=", " ") : ("█", "░")
    let bar =
      String(repeating: full, count: filled) + String(repeating: empty, count: width - filled)
    return Self.joined(["\(name) [\(bar)]"] + facts, columns)
  }

  private var figures: [String] {
    guard let step = history.lastStep else { return [] }
    var figures = ["loss \(NumberText.rounded(step.loss))"]
    if let epoch = history.recentEpochs.last {
      if let loss = epoch.validationLoss { figures.append("val_loss \(NumberText.rounded(loss))") }
      figures += epoch.metrics.map { "\($0.name) \(NumberText.rounded($0.value))" }
    }
    figures.append("lr \(NumberText.rounded(step.learningRate))")
    if let norm = history.lastGradient?.gradientNorm {
      figures.append("grad_norm \(NumberText.rounded(norm))")
    }
    figures.append("\(NumberText.grouped(Int(rowsPerSecond.rounded()))) samples/s")
    return figures
  }

  /// The texts that fit on one line.
  private static func joined(_ texts: [String], _ columns: Int) -> String {
    var line = ""
    for text in texts {
      let addition = line.isEmpty ? text : "  \(text)"
      if line.count + addition.count <= columns { line += addition }
    }
    return line
  }

  // MARK: - Curves

  private func curves(_ columns: Int, _ height: Int) -> [String] {
    var panels: [any Panel] = [lossPlot]
    if columns >= 72, let plot = metricPlot { panels.append(plot) }
    if columns >= 120, let plot = gradientPlot { panels.append(plot) }
    let figure = Figure(
      title: "", description: "Loss and metrics", columns: panels.count, panels: panels)
    let text = figure.text(width: min(columns, 60 * panels.count), height: height, style: style)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private var lossPlot: Plot {
    let steps = history.steps.elements
    var marks: [any Mark] = [
      Line(
        "batches", x: steps.map { Double($0.step) }, y: Self.smoothed(steps.map(\.loss)))
    ]
    let validated = history.epochs.elements.filter { $0.validationLoss != nil }
    if !validated.isEmpty {
      marks.append(
        Line(
          "validation", x: validated.map(step(of:)), y: validated.map { $0.validationLoss ?? .nan }
        ))
    }
    return Plot(title: "loss", x: Axis("step"), marks: marks)
  }

  private var metricPlot: Plot? {
    guard let name = history.recentEpochs.last?.metrics.first?.name else { return nil }
    let epochs = history.epochs.elements
    let values = epochs.map { epoch in epoch.metrics.first { $0.name == name }?.value ?? .nan }
    return Plot(title: name, x: Axis("step"), marks: [Line(x: epochs.map(step(of:)), y: values)])
  }

  private var gradientPlot: Plot? {
    let steps = history.gradients.elements
    guard !steps.isEmpty else { return nil }
    let norms = Self.smoothed(steps.map { $0.gradientNorm ?? .nan })
    return Plot(
      title: "gradient norm", x: Axis("step"),
      marks: [Line(x: steps.map { Double($0.step) }, y: norms)])
  }

  /// The step at which an epoch ends.
  private func step(of epoch: TrainingEvent.Epoch) -> Double {
    Double(epoch.epoch * (history.start?.stepsPerEpoch ?? 1))
  }

  /// The exponential moving average, over about a twentieth of the values.
  private static func smoothed(_ values: [Double]) -> [Double] {
    let weight = 2 / (1 + max(1, Double(values.count) / 20))
    var mean = values.first ?? 0
    return values.map { value in
      mean += weight * (value - mean)
      return mean
    }
  }

  // MARK: - Epochs

  private func epochTable(_ columns: Int) -> [String] {
    let epochs = history.recentEpochs.suffix(Self.epochCount)
    guard let last = epochs.last else { return [] }
    var entries: [(heading: String, value: (TrainingEvent.Epoch) -> String)] = [
      ("epoch", { NumberText.grouped($0.epoch) }),
      ("train_loss", { NumberText.rounded($0.trainLoss) }),
    ]
    if last.validationLoss != nil {
      entries.append(("val_loss", { NumberText.rounded($0.validationLoss ?? .nan) }))
    }
    for (index, metric) in last.metrics.enumerated() {
      entries.append(
        (
          metric.name,
          { $0.metrics.indices.contains(index) ? NumberText.rounded($0.metrics[index].value) : "" }
        ))
    }
    entries.append(("time", { NumberText.duration($0.seconds) }))
    entries.append(("", { $0.isBest ? "best" : "" }))
    var table = Table(columns: entries.map { ($0.heading, .right) })
    for epoch in epochs { table.add(entries.map { $0.value(epoch) }) }
    let lines = table.text.split(separator: "\n").map(String.init)
    return lines.contains { $0.count > columns } ? [] : lines
  }
}
