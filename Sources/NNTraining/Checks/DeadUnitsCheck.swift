import NNCore
import NNData
import NNLayers

/// ReLU units that are 0 for every row, so that no gradient reaches their weights.
struct DeadUnitsCheck: MistakeCheck {
  var name: String { "dead-units" }
  var meaning: String { "layers of which more than half the ReLU units are 0 for every row" }
  var stage: CheckStage { .data }

  /// Few rows leave units at 0 by chance, and so do few units.
  private static let (fewestRows, mostRows) = (32, 1000)
  private static let fewestUnits = 8
  /// Convolutions keep an image for each unit.
  private static let mostNumbers = 100_000

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    let train = subject.train
    let width = max(1, train.inputShape.elementCount)
    let count = min(train.count, max(Self.fewestRows, min(Self.mostRows, Self.mostNumbers / width)))
    guard train.count >= Self.fewestRows, subject.config.model.contains(where: Self.holdsReLU)
    else { return [] }
    let rows = train.selecting((0..<count).map { $0 * train.count / count })
    guard let outputs = try subject.layerOutputs(of: rows.readInputs()) else { return [] }
    var findings: [Finding] = []
    for (layer, values) in zip(outputs.layers, outputs.values)
    where layer.name == ReLU().description && values.shape.rank >= 2 {
      let units = values.shape[1]
      let dead = Self.deadUnits(values)
      guard units >= Self.fewestUnits, 2 * dead > units else { continue }
      let isTrained = subject.model != nil
      findings.append(
        finding(
          "\(dead) of the \(units) units of layer \(layer.path) (relu) are 0 for every one of "
            + "\(count) training rows \(isTrained ? "after training" : "before the first step")",
          why: "no gradient reaches their weights, so they stay as they are",
          fix: isTrained
            ? "use a lower learning rate or leaky_relu"
            : subject.normalizesInputs
              ? "use another weight_init or bias_init, or leaky_relu" : "add normalize: standard",
          key: isTrained
            ? "optimizer.\(subject.config.optimizer.kind).lr"
            : subject.normalizesInputs ? "model" : "data.normalize"))
    }
    return findings
  }

  private static func holdsReLU(_ layer: LayerConfig) -> Bool { holdsReLU(layer.component.value) }

  private static func holdsReLU(_ value: ConfigValue) -> Bool {
    switch value {
    case .string(let word): word == "relu"
    case .list(let items): items.contains(where: holdsReLU)
    case .mapping(let options):
      options.contains { $0.name == "relu" || holdsReLU($0.value) }
    default: false
    }
  }

  /// The number of units along axis 1 that are at most 0 everywhere.
  private static func deadUnits(_ values: HostTensor) -> Int {
    let units = values.shape[1]
    let inner = values.elementCount / max(1, values.shape[0] * units)
    var isAlive = [Bool](repeating: false, count: units)
    for (index, number) in values.doubles.enumerated() where number > 0 {
      isAlive[index / inner % units] = true
    }
    return isAlive.count { !$0 }
  }
}
