import NNData
import NNDrawing
import NNLayers
import NNTraining

/// The main result of a run: the first metric of the config, else the loss, on the test data, else
/// on the validation data, else on the training data.
struct RunScore {
  /// The number with its unit: `97.5 %`.
  let text: String
  /// Its name: `test accuracy`.
  let label: String

  /// Finds the result; nil for a run without any measurement.
  init?(_ facts: RunFacts) {
    if let figure = facts.test.first(where: { $0.name != "loss" }) ?? facts.test.first {
      self.init(figure.name, figure.value, data: "test", facts)
      return
    }
    guard let epochs = facts.epochs, let numbers = epochs["epoch"] else { return nil }
    let row = (facts.keepsBest ? facts.bestEpoch : nil) ?? numbers.count - 1
    for name in facts.metricNames + ["val_loss", "train_loss"] {
      guard let value = epochs[name]?[row], !value.isNaN else { continue }
      let parts = name.split(separator: "_", maxSplits: 1).map(String.init)
      let data = ["val": "validation", "train": "training"][parts[0]]
      self.init(
        data == nil ? name : parts[parts.count - 1], value,
        data: data ?? "", facts, note: ", epoch \(Int(numbers[row]))")
      return
    }
    return nil
  }

  private init(
    _ name: String, _ value: Double, data: String, _ facts: RunFacts, note: String = ""
  ) {
    let (prose, isShare) = facts.config.title(ofFigure: name)
    text =
      isShare
      ? "\(NumberText.short(100 * value, digits: 4))\u{A0}%" : NumberText.short(value, digits: 4)
    label = (data.isEmpty ? prose : "\(data) \(prose)") + note
  }
}

extension Headline {
  /// The main result of a run, its date and command, and the sizes of model and data.
  init(_ run: RunEvidence) {
    let facts = run.facts
    let environment = Dictionary(facts.environment.map { ($0.name, $0.value) }) { first, _ in first
    }
    let score = RunScore(facts)
    var items: [(name: String, value: String)] = []
    if let date = environment["date"] { items.append(("trained", Self.readable(date))) }
    if let count = run.model?.layout.parameterCount {
      items.append(("parameters", NumberText.integer(count)))
    }
    if let data = run.data {
      let parts = [
        ("training examples", data.train), ("validation examples", data.validation),
        ("test examples", data.test),
      ]
      items += parts.compactMap { name, part in part.map { (name, NumberText.integer($0.count)) } }
    }
    let done = facts.epochs?["epoch"]?.last.map { Int($0) } ?? 0
    items.append(("epochs", "\(done) of \(facts.config.epochs)"))
    if facts.epochs != nil {
      items.append(("training time", SummarySection.duration(facts.seconds)))
    }
    self.init(
      figure: score?.text, label: score?.label ?? "", facts: items,
      command: environment["command"])
  }

  /// `2026-11-28T16:43:10Z` as `2026-11-28 16:43 UTC`; other texts as they are.
  static func readable(_ date: String) -> String {
    let parts = date.split(separator: "T", maxSplits: 1)
    guard parts.count == 2, parts[1].hasSuffix("Z") else { return date }
    return "\(parts[0]) \(parts[1].prefix(5)) UTC"
  }
}
